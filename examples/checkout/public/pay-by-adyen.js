/** A payment link is a page of Adyen's own: it is opened beside this one, in one tab however often. */
export function openCheckout({ checkout }) {
  window.open(checkout.url, 'checkout');
}
