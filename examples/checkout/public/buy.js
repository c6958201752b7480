/** The shop's front page: chooses a gateway and starts an order. */
import { ask } from './ask.js';

const $ = (id) => document.getElementById(id);

// One id for as long as the page is open: however often "buy" is pressed, it is this order.
const id = `shop_${crypto.randomUUID().replaceAll('-', '')}`;

function choice({ gateway, label }, index) {
  const radio = document.createElement('input');
  Object.assign(radio, { type: 'radio', name: 'gateway', value: gateway, checked: index === 0 });
  const line = document.createElement('label');
  line.append(radio, label);
  return line;
}

async function open() {
  const { product, offers } = await ask('GET', '/api/offers');
  $('product').textContent = product.description;
  $('price').textContent = product.price;
  $('offers').append(...offers.map(choice));
}

function tell(error) {
  $('problem').textContent = error.message;
  $('problem').hidden = false;
}

$('buy').addEventListener('submit', (event) => {
  event.preventDefault();
  const gateway = new FormData($('buy')).get('gateway');
  ask('POST', `/api/orders/${id}`, { gateway })
    .then(() => location.assign(`/orders/${id}`))
    .catch(tell);
});

open().catch(tell);
