/**
 * Stripe's Payment Element. Its script must come from Stripe's own host: that is Stripe's rule, and card
 * numbers are typed into Stripe's frame, never into this page.
 */
import { ask } from './ask.js';
import { loadScript } from './load-script.js';

const SCRIPT = 'https://js.stripe.com/v3/';

export async function openCheckout({ checkout: { clientSecret }, place, verify }) {
  // Pressed again: the same payment is open already.
  if (place.dataset.payment === clientSecret && place.childElementCount > 0) return;
  place.dataset.payment = clientSecret;
  const { offers } = await ask('GET', '/api/offers');
  const { publishableKey } = offers.find(({ gateway }) => gateway === 'stripe');
  await loadScript(SCRIPT);
  const stripe = window.Stripe(publishableKey);
  const elements = stripe.elements({ clientSecret });
  const { form, card, problem } = cardForm();
  place.replaceChildren(form);
  elements.create('payment').mount(card);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    const { error } = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: location.href },
      redirect: 'if_required',
    });
    // What Stripe says here is for the customer's eyes; what happened, the order tells.
    if (error) problem.textContent = error.message;
    await verify();
  });
}

function cardForm() {
  const form = document.createElement('form');
  const card = document.createElement('div');
  const button = document.createElement('button');
  const problem = document.createElement('p');
  button.className = 'go';
  button.textContent = 'Confirm the payment';
  problem.setAttribute('role', 'alert');
  form.append(card, button, problem);
  return { form, card, problem };
}
