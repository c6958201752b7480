/**
 * The checkout page a customer sees: one document without script, font or picture from anywhere.
 * It only shows what the gateway holds and never decides anything.
 */
import { moneyText } from '../../money/text.ts';
import type { Payment, PaymentStatus } from '../payments/payment.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
:root { color-scheme: light dark; --ink: #17202e; --dim: #5b6575; --card: #fff; --page: #eef1f6;
  --line: #d5dbe5; --go: #0a6b4b; --no: #a3262a; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef1f6; --dim: #a9b3c3; --card: #1b2331;
  --page: #10151f; --line: #354055; --go: #0c7d58; --no: #ff9a9a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; }
.note { margin: 0 0 1.5rem; color: var(--dim); font-size: .875rem; }
h1 { margin: 0; font-size: 1.125rem; font-weight: 600; }
.amount { margin: .25rem 0 1.5rem; font-size: 2.5rem; font-weight: 700; line-height: 1.2;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 0 1.5rem;
  padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; }
dt { color: var(--dim); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
form { display: grid; gap: .5rem; }
button { min-height: 3rem; border: 1px solid var(--line); border-radius: .6rem; cursor: pointer;
  background: transparent; color: inherit; font: inherit; font-weight: 600; }
button.pay { border-color: var(--go); background: var(--go); color: #fff; }
button.decline { color: var(--no); }
button:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px; }
[role=status] { margin: 0; padding: .75rem 1rem; border: 1px solid var(--line);
  border-radius: .6rem; font-weight: 600; }
.good { border-color: var(--go); } .bad { border-color: var(--no); }`;

type Ending = { readonly title: string; readonly text: string; readonly tone: 'good' | 'bad' };

const ENDINGS: Partial<Record<PaymentStatus, Ending>> = {
  authorized: {
    title: 'Payment authorized',
    text: 'Thank you, the amount is held for the shop. You may close this page.',
    tone: 'good',
  },
  captured: {
    title: 'Payment received',
    text: 'Thank you, your payment was received. You may close this page.',
    tone: 'good',
  },
  failed: {
    title: 'Payment declined',
    text: 'The payment was declined and nothing was charged.',
    tone: 'bad',
  },
  expired: {
    title: 'Payment expired',
    text: 'This payment has expired and nothing was charged.',
    tone: 'bad',
  },
  voided: {
    title: 'Payment cancelled',
    text: 'This payment was cancelled and nothing was charged.',
    tone: 'bad',
  },
};

const LEFT: Ending = {
  title: 'Payment not finished',
  text: 'You left without paying. Nothing was charged; the payment is still open.',
  tone: 'bad',
};

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title} · Sandbox gateway</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="note">Sandbox gateway · no real money moves here</p>
${content}
</main>
</body>
</html>
`;
}

const buttons = (id: string, amount: string): string => `<form method="post">
<button class="pay" formaction="/checkout/${id}/pay">Pay ${amount}</button>
<button class="decline" formaction="/checkout/${id}/decline">Decline</button>
<button formmethod="get" formaction="/checkout/${id}/left">Leave</button>
</form>`;

/** The page for a payment; `hasLeft` shows what a customer sees who goes without paying. */
export function checkoutPage(payment: Payment, hasLeft = false): string {
  const amount = escapeHtml(moneyText(payment.amountMinor, payment.currency));
  const ending = ENDINGS[payment.status] ?? (hasLeft ? LEFT : undefined);
  const title = ending?.title ?? 'Confirm your payment';
  const action = ending
    ? `<p role="status" class="${ending.tone}">${ending.text}</p>`
    : buttons(payment.id, amount);
  return page(
    title,
    `<h1>${title}</h1>
<p class="amount">${amount}</p>
<dl><dt>Order</dt><dd>${escapeHtml(payment.orderId)}</dd><dt>Payment</dt><dd>${payment.id}</dd></dl>
${action}`,
  );
}

export const missingPage = (): string =>
  page('Payment not found', '<h1>Payment not found</h1>\n<p>Check the link you followed.</p>');
