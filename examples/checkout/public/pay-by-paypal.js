/** PayPal's own page, where the buyer agrees; it is opened beside this one, in one tab however often. */
export function openCheckout({ checkout }) {
  window.open(checkout.url, 'checkout');
}
