/**
 * The order's page. It shows what the server says and decides nothing: that a customer came back from a
 * gateway proves nothing, so the page only asks for the order to be verified.
 */
import { ask, watchOrder } from './ask.js';

const $ = (id) => document.getElementById(id);

const id = location.pathname.split('/').at(-1);
let presses = 0;
let shown = null;

const TEXTS = {
  initiated: 'Not paid yet.',
  pending: 'Waiting for your payment …',
  partially_paid: 'Paid in part.',
  paid: 'Paid. Thank you!',
  failed: 'The payment did not go through. Nothing was charged.',
  cancelled: 'This order was cancelled.',
  refunded: 'Your money is on its way back to you.',
};

const BUTTONS = {
  initiated: 'Pay',
  pending: 'Pay',
  partially_paid: 'Pay the rest',
  failed: 'Try again',
};

function show(order) {
  shown = order;
  const open = order.payments.at(-1);
  $('order').textContent = order.id;
  $('price').textContent = order.price;
  $('state').textContent = TEXTS[order.state] ?? order.state;
  $('state').dataset.state = order.state;
  $('payments').textContent = order.payments.length;
  $('pay').textContent = BUTTONS[order.state] ?? '';
  $('pay').hidden = !(order.state in BUTTONS);
  const url = order.state === 'pending' ? open?.checkout?.url : undefined;
  $('elsewhere').hidden = url === undefined;
  if (url !== undefined) $('checkout').href = url;
  if (order.state !== 'pending') $('gateway').replaceChildren();
}

const look = watchOrder(id, show);

/** The gateway is asked, and the answer shown as soon as it is there; also harmless any number of times. */
async function verify(proof = {}) {
  await ask('POST', `/api/orders/${id}/verify`, proof);
  await look();
}

async function pay() {
  presses += 1;
  $('presses').textContent = presses;
  $('problem').hidden = true;
  const { checkout } = await ask('POST', `/api/orders/${id}/payments`, {});
  await look();
  // Nobody knows yet whether the gateway has opened it; the page goes on looking.
  if (checkout === null || shown === null) return;
  const { openCheckout } = await import(`./pay-by-${shown.gateway}.js`);
  await openCheckout({ order: shown, checkout, place: $('gateway'), verify: attempt(verify) });
}

/** Runs it, and tells the customer where it fails. */
function attempt(action) {
  return (...given) =>
    action(...given).catch((error) => {
      $('problem').textContent = error.message;
      $('problem').hidden = false;
      return look();
    });
}

$('pay').addEventListener('click', attempt(pay));

// Back from the gateway, from another tab or by its redirect. What the address says then is not believed.
if (location.search !== '') attempt(verify)();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && shown?.state === 'pending') attempt(verify)();
});
