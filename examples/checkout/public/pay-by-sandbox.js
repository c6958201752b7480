/** The sandbox gateway has a page of its own: it is opened beside this one, in one tab however often. */
export function openCheckout({ checkout }) {
  window.open(checkout.url, 'checkout');
}
