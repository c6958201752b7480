/**
 * What must be true when the faults are over and everything has come to rest: the order knows the
 * gateway's truth, and everything that follows from it was done once.
 */
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { type GatewayTruth, isOpen, netOf, type TruePayment } from './gateway-truth.ts';
import type { OrderRun } from './order-run.ts';
import type { RecordStore } from './record-store.ts';
import type { Sinks } from './sinks.ts';
import { demand } from './world.ts';

export interface Remains {
  ledger: Ledger;
  truth: GatewayTruth;
  sinks: Sinks;
  records: RecordStore;
  run: OrderRun;
}

export function checkRest(remains: Remains): void {
  checkOver(remains.ledger);
  checkNothingPayable(remains.ledger, remains.truth);
  const named = remains.truth.payments.filter(
    ({ orderId }) => orderId === remains.ledger.terms.orderId,
  );
  const ours = named.filter((payment) => isOurs(remains.ledger, payment));
  for (const payment of ours) checkPayment(remains.ledger, payment);
  for (const payment of named) if (!ours.includes(payment)) checkParked(remains, payment);
  checkNothingInvented(remains.ledger, ours);
  checkBooks(remains, ours);
  checkEffects(remains);
  checkAccess(remains);
  checkCreditNotes(remains);
  checkOutcomes(remains);
}

/** An operator may have attached what another installation made. */
function isOurs({ payments }: Ledger, { installation, paymentId }: TruePayment): boolean {
  return installation === 'ours' || payments[paymentId] !== undefined;
}

/** What another installation took under the order's name is before an operator, and nowhere in the order. */
function checkParked({ sinks }: Remains, { paymentId, captures }: TruePayment): void {
  const isParked = [...sinks.done.values()].some(
    (command) => command.effect === 'park_payment' && command.paymentId === paymentId,
  );
  demand(
    isParked || captures.length === 0,
    'foreign money is put before an operator',
    () => paymentId,
  );
}

function checkOver(ledger: Ledger): void {
  const state = stateOf(ledger);
  demand(
    !['initiated', 'pending', 'partially_paid'].includes(state),
    'it comes to rest',
    () => state,
  );
  demand(ledger.waiting.length === 0, 'every caller is answered', () => ids(ledger.waiting));
  demand(ledger.held.length === 0, 'nothing is held for ever', () => 'held');
  const open = ledger.reviews.filter(({ status }) => status === 'open');
  demand(open.length === 0, 'every review is decided', () => ids(open));
}

/** Once an order is over, the gateway was asked to void what could still be paid, and has answered. */
function checkNothingPayable(ledger: Ledger, truth: GatewayTruth): void {
  if (!['paid', 'refunded', 'cancelled'].includes(stateOf(ledger))) return;
  for (const { paymentId, status } of truth.payments.filter(isOpen)) {
    const known = ledger.payments[paymentId];
    demand(
      known === undefined || known.voiding === false,
      'nothing stays payable',
      () => `${paymentId} is ${status}`,
    );
  }
}

function ids(things: { id: string }[]): string {
  return things.map(({ id }) => id).join();
}

/** Everything that the gateway holds true is in the ledger, as it is now. */
function checkPayment(ledger: Ledger, payment: TruePayment): void {
  const { paymentId, currency } = payment;
  const rule = 'the ledger is the gateway’s truth';
  const isForeign = currency !== ledger.terms.currency;
  for (const { captureId, amountMinor, reversed } of payment.captures) {
    const known = isForeign ? ledger.foreignCaptures[captureId] : ledger.captures[captureId];
    demand(known?.amountMinor === amountMinor, rule, () => `${captureId} of ${paymentId}`);
    if (!isForeign)
      demand(
        ledger.captures[captureId]?.reversed === reversed &&
          ledger.captures[captureId]?.captured === true,
        rule,
        () => `${captureId} reversed: ${reversed}`,
      );
  }
  for (const { refundId, amountMinor, status } of payment.refunds) {
    const known = ledger.refunds[refundId];
    demand(
      known?.status === status && known.amountMinor === amountMinor,
      rule,
      () => `${refundId} of ${paymentId} is ${status}, here ${known?.status}`,
    );
  }
  for (const { disputeId, status } of payment.disputes) {
    const known = ledger.disputes[disputeId];
    demand(
      known?.status === status,
      rule,
      () => `${disputeId} is ${status}, here ${known?.status}`,
    );
  }
}

function checkNothingInvented(ledger: Ledger, ours: TruePayment[]): void {
  const true_ = {
    captures: ours.flatMap(({ captures }) => captures.map(({ captureId }) => captureId)),
    refunds: ours.flatMap(({ refunds }) => refunds.map(({ refundId }) => refundId)),
    disputes: ours.flatMap(({ disputes }) => disputes.map(({ disputeId }) => disputeId)),
  };
  for (const kind of ['captures', 'refunds', 'disputes'] as const)
    for (const id of Object.keys(ledger[kind]))
      demand(true_[kind].includes(id), 'nothing is invented', () => `${kind}: ${id}`);
}

const SIGN = {
  capture: 1,
  // A discount is no money that the gateway holds.
  discount: 0,
  discount_reversed: 0,
  capture_reversed: -1,
  refund: -1,
  refund_reversed: 1,
  chargeback: -1,
  chargeback_reversed: 1,
} as const;

function checkBooks({ ledger, sinks }: Remains, ours: TruePayment[]): void {
  let postedMinor = 0;
  for (const command of sinks.done.values())
    if (command.effect === 'post_ledger') postedMinor += SIGN[command.kind] * command.amountMinor;
  const trueMinor = ours
    .filter(({ currency }) => currency === ledger.terms.currency)
    .reduce((total, payment) => total + netOf(payment), 0);
  demand(
    postedMinor === trueMinor,
    'the books are the gateway’s money',
    () => `${postedMinor} posted, ${trueMinor} there`,
  );
}

function checkEffects({ ledger, sinks }: Remains): void {
  for (const { command, status } of Object.values(ledger.effects)) {
    demand(status === 'done', 'everything owed is done', () => `${command.key} is ${status}`);
    if (isBusinessEffect(command))
      demand(sinks.done.has(command.key), 'what is called done was done', () => command.key);
  }
  for (const key of sinks.done.keys())
    demand(ledger.effects[key] !== undefined, 'nothing is done unasked', () => key);
  const said = [...sinks.done.values()].findLast(({ effect }) => effect === 'update_crm');
  const state = stateOf(ledger);
  if (said?.effect === 'update_crm')
    demand(
      said.state === state,
      'the CRM heard the last word',
      () => `${said.state}, not ${state}`,
    );
}

function checkAccess({ ledger, sinks }: Remains): void {
  const { granted, epoch } = ledger.access;
  const rows = [...sinks.entitlements];
  const active = rows.filter(([, row]) => row.granted && !row.revoked).map(([number]) => number);
  demand(active.join() === (granted ? `${epoch}` : ''), 'access is as decided', () =>
    active.join(),
  );
  const invoices = [...sinks.done.values()].filter(({ effect }) => effect === 'issue_invoice');
  demand(
    invoices.length === epoch,
    'one invoice for one grant',
    () => `${invoices.length}/${epoch}`,
  );
}

/** A refund that has gone through corrects the invoice, once. */
function checkCreditNotes({ ledger, sinks }: Remains): void {
  const notes = [...sinks.done.values()].filter(({ effect }) => effect === 'issue_credit_note');
  const noted = notes.map((note) => ('refundId' in note ? note.refundId : ''));
  demand(new Set(noted).size === noted.length, 'one credit note for one refund', () =>
    noted.join(),
  );
  if (ledger.access.epoch === 0)
    demand(noted.length === 0, 'no credit note without an invoice', () => noted.join());
  else
    for (const { refundId, paymentId, status, currency } of Object.values(ledger.refunds)) {
      const isOurs = Object.values(ledger.captures).some(
        (capture) => capture.paymentId === paymentId && capture.captured,
      );
      if (status === 'succeeded' && currency === ledger.terms.currency && isOurs)
        demand(noted.includes(refundId), 'a credit note for every refund', () => refundId);
    }
}

/**
 * Every input has left one record, once for each time that it came. Where a task was lost, a repeat may leave
 * none, as the lost task had heard of it before, and what nobody can read may leave several: nothing
 * follows from it, and it has no id of its own to be known by.
 */
function checkOutcomes({ ledger, records, run }: Remains): void {
  demand(records.records.size === ledger.recorded, 'no outcome is lost', () => 'records');
  const last = records.read();
  demand(last.revision === ledger.revision, 'the record has the last word', () =>
    [last.revision, ledger.revision].join(),
  );
  const counted = new Map<string, number>();
  for (const { eventId } of records.records.values())
    counted.set(eventId, (counted.get(eventId) ?? 0) + 1);
  for (const [id, { times, isReadable }] of run.inputs) {
    const left = counted.get(id) ?? 0;
    const isExcused = run.detours() > 0 && left > 0 && (left < times || !isReadable);
    demand(
      left === times || isExcused,
      'one outcome for every input',
      () => `${id} came ${times} times and left ${left} records`,
    );
  }
}
