/** Orders as people read them: amounts with their decimals, and what there is to do as commands. */
import type { Order } from '../api/orders/order-schemas.ts';
import { REVIEW_REASONS } from '../domain/reviews/reasons.ts';
import { moneyText } from '../money/text.ts';
import { gatewayAdvice } from '../workflows/details/gateway-advice.ts';
import { adviceFor } from '../workflows/details/review-advice.ts';
import { tableOf, visible } from './table.ts';

/** A shorter failure ends by itself more often than not. */
const LONG_MS = 10 * 60 * 1_000;

export function ordersText(orders: readonly Order[]): string {
  if (orders.length === 0) return 'No such orders.';
  const rows = orders.map((order) => [
    order.id,
    order.state,
    moneyText(order.amount, order.currency),
    moneyText(order.amountPaid, order.currency),
    moneyText(order.amountRefunded, order.currency),
    order.gateway,
    order.customer.id,
    String(todoLines(order).length || '-'),
    order.updatedAt,
  ]);
  const head = 'order,state,amount,paid,refunded,gateway,customer,to do,updated';
  return tableOf(head.split(','), rows);
}

export function orderText(order: Order): string {
  const { duplicates, stale, rejected } = order.counters;
  const parts = [
    headText(order),
    listText('To do', todoLines(order)),
    linesText(order),
    paymentsText(order),
    refundsText(order),
    disputesText(order),
    effectsText(order),
    `Changed nothing: ${duplicates} repeated, ${stale} too late, ${rejected} rejected.`,
  ];
  return parts.filter((part) => part !== null).join('\n\n');
}

function headText(order: Order): string {
  const { id, state, version, currency, late, lostRun } = order;
  const money = (amountMinor: number) => moneyText(amountMinor, currency);
  const suffix = [
    ...(order.amountAuthorized > 0 ? [heldText(order)] : []),
    ...(order.amountDiscounted > 0
      ? [`${money(order.amountDiscounted)} let off by ${order.gateway}`]
      : []),
    ...(order.amountWrittenOff > 0 ? [`${money(order.amountWrittenOff)} written off`] : []),
    ...(order.amountFees > 0
      ? [`${money(order.amountFees)} paid by the customer to ${order.gateway} on top, as its fee`]
      : []),
  ];
  const access = accessText(order.access);
  return [
    `${id}  ${state}${late ? ' (confirmed late)' : ''}  version ${version}`,
    `${money(order.amountPaid)} of ${money(order.amount)} paid, ${money(order.amountRefunded)} refunded, through ${order.gateway}, for ${order.customer.id}`,
    ...(suffix.length === 0 ? [] : [suffix.join(', ')]),
    ...(access === null ? [] : [access]),
    ...(lostRun === null ? [] : [`${lostRun.at}: ${visible(lostRun.reason)}`]),
    `created ${order.createdAt}, updated ${order.updatedAt}, expires ${order.expiresAt}`,
  ].join('\n');
}

/** Where it is not what the state of the order says. */
function accessText({ status, byHand }: Order['access']): string | null {
  if (status === 'held') return 'access is held until the dispute has ended';
  return byHand ? `access is ${status} by hand` : null;
}

/** What waits to be captured by hand, or is being captured by the order. */
function heldText({ id, capture, amountAuthorized, currency, payments }: Order): string {
  const held = `${moneyText(amountAuthorized, currency)} authorized`;
  const until = payments.find(({ captureBefore }) => captureBefore !== null)?.captureBefore;
  const time = until == null ? '' : ` until ${until}`;
  return capture === 'manual' ? `${held}${time}: payonce capture ${id} --key KEY` : held;
}

/** One line a decision or failed effect, each with the command that settles it. */
function todoLines({ id, reviews, effects, gateway, gatewayFailure }: Order): string[] {
  const open = reviews
    .filter(({ status }) => status === 'open')
    .map(
      (review) =>
        `review ${review.id}, ${review.reason}, version ${review.version}, since ${review.openedAt}. ${adviceText(review.reason)}\n    payonce review ${id} ${review.id} approve|reject --note WHY`,
    );
  const failed = effects
    .filter(({ status }) => status === 'failed')
    .map(
      ({ key, error }) =>
        `${key} was refused (${visible(error ?? 'no reason')}): mend the cause, then\n    payonce retry ${id} ${key}`,
    );
  const failing = effects
    .filter(({ failingSince }) => Date.now() - Date.parse(failingSince ?? '') > LONG_MS)
    .map(
      ({ key, failingSince, attempts, error, nextTryAt }) =>
        `${key} has been failing since ${failingSince} (${attempts} tries: ${visible(error ?? 'no reason')}): see the system behind it. It is tried again at ${nextTryAt}.`,
    );
  const unanswered = gatewayFailure === null ? [] : [gatewayAdvice(gateway, gatewayFailure)];
  return [...unanswered.map(visible), ...open, ...failed, ...failing];
}

function adviceText(reason: string): string {
  const known = REVIEW_REASONS.find((name) => name === reason);
  return known === undefined ? '' : adviceFor(known);
}

function listText(title: string, lines: string[]): string | null {
  return lines.length === 0 ? null : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function section(title: string, head: string[], rows: string[][]): string | null {
  return rows.length === 0 ? null : `${title}\n${tableOf(head, rows)}`;
}

function linesText({ lineItems = [], discount = 0, taxes = [], currency }: Order): string | null {
  const money = (minor: number): string => moneyText(minor, currency);
  const rows = [
    ...lineItems.map(({ description, quantity, unitAmount, discount: off = 0, ...line }) => [
      visible(description),
      `${quantity} x ${money(unitAmount)}${off === 0 ? '' : ` - ${money(off)}`}`,
      ...[`${line.taxRate} %`, money(line.amount)],
    ]),
    ...(discount === 0 ? [] : [['discount', '-', '-', `-${money(discount)}`]]),
    ...taxes.map(({ taxRate, taxable, tax }) => [
      ...['tax', `on ${money(taxable)}`, `${taxRate} %`, money(tax)],
    ]),
  ];
  return section('Lines', ['what', 'price', 'tax rate', 'amount'], rows);
}

function paymentsText({ payments, currency }: Order): string | null {
  const rows = payments.map(({ id, attempt, status, amount, amountRefunded, manual }) => [
    id ?? 'not named yet',
    attempt === null ? '-' : String(attempt),
    manual === null ? status : `${status} by ${manual.method} on ${manual.receivedOn}`,
    moneyText(amount, currency),
    moneyText(amountRefunded, currency),
  ]);
  return section('Payments', ['payment', 'attempt', 'status', 'amount', 'refunded'], rows);
}

function refundsText({ refunds }: Order): string | null {
  const rows = refunds.map(({ manual, ...refund }) => [
    refund.id,
    manual === null ? (refund.refundId ?? '-') : '-',
    refund.refusal === null ? refund.status : `${refund.status}: ${visible(refund.refusal)}`,
    moneyText(refund.amount, refund.currency),
    manual === null ? refund.origin : `by ${manual.method} on ${manual.returnedOn}`,
    refund.reason ?? '-',
  ]);
  const head = ['refund', 'at the gateway', 'status', 'amount', 'origin', 'reason'];
  return section('Refunds', head, rows);
}

function disputesText({ disputes, currency }: Order): string | null {
  const rows = disputes.map(({ id, status, amount, respondBy }) => [
    ...[id, status, moneyText(amount, currency), respondBy ?? '-'],
  ]);
  return section('Disputes', ['dispute', 'status', 'amount', 'answer until'], rows);
}

function effectsText({ effects }: Order): string | null {
  const rows = effects.map(({ key, status, attempts, error, nextTryAt }) => [
    key,
    status,
    String(attempts),
    error ?? '-',
    nextTryAt ?? '-',
  ]);
  return section('Effects', ['key', 'status', 'attempts', 'error', 'next try'], rows);
}
