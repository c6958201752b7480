/**
 * Money that a person received or gave back without a gateway: cash, a bank transfer, a cheque. It enters as the
 * fact that it is, under an id made of its reference, so that the table decides about it as about any other money.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, type Verdict, wasReviewed } from '../context.ts';
import type { ByHand } from '../events.ts';
import { applyFact } from '../facts/apply-fact.ts';
import { manualId } from '../facts/manual.ts';
import type { Ledger, ManualMoney, Payment } from '../ledger.ts';
import { putRefund } from '../ledger-index.ts';
import { isDisputed, manualPayments, netMinor, reservedMinor, toReturnMinor } from '../sums.ts';
import { type CommandOf, rejected } from './waiting.ts';

/** The reference is the payment: the same one again is the same money, and never another amount. */
export function receiveByHand(context: Context, command: CommandOf<'manual_payment'>): Verdict {
  const { ledger } = context;
  const { amountMinor } = command;
  const { currency } = ledger.terms;
  const paymentId = manualId(command.reference);
  const known = ledger.payments[paymentId];
  if (known !== undefined) return repeated(known.amountMinor === amountMinor, command);
  const payment: Payment = {
    paymentId,
    amountMinor,
    currency,
    status: 'created',
    mismatched: false,
    movedAtVersion: ledger.version,
    manual: moneyOf(command),
  };
  return applyFact(
    context,
    { type: 'payment.captured', paymentId, amountMinor, currency },
    payment,
  );
}

/** Also of money that came through a gateway, which a bank would not take back: a refund that bounced. */
export function returnByHand(context: Context, command: CommandOf<'manual_refund'>): Verdict {
  const { ledger } = context;
  const { amountMinor, paymentId: named } = command;
  const refundId = manualId(command.reference);
  const known = ledger.refunds[refundId];
  if (known !== undefined) return repeated(known.amountMinor === amountMinor, command);
  // What a bank may take back anyway would be paid out twice.
  if (isDisputed(ledger)) return rejected('order_disputed');
  const payment = payerOf(ledger, command);
  if (payment === 'unknown') return rejected('payment_unknown');
  if (payment === undefined)
    return rejected(
      named === undefined && amountMinor <= returnableMinor(ledger)
        ? 'refund_exceeds_payment'
        : 'refund_exceeds_captured',
    );
  const { paymentId } = payment;
  const { currency } = ledger.terms;
  const fact = { type: 'refund.succeeded', paymentId, refundId, amountMinor, currency } as const;
  const verdict = applyFact(context, fact, payment);
  const refund = ledger.refunds[refundId];
  if (refund !== undefined) putRefund(ledger, { ...refund, manual: moneyOf(command) });
  return verdict;
}

function moneyOf({ method, on }: ByHand): ManualMoney {
  return { method, on };
}

function repeated(isSame: boolean, { reference }: ByHand): Verdict {
  if (!isSame) return rejected('manual_reference_reused');
  return { outcome: 'duplicate', reason: `${reference} is recorded already` };
}

/** First what is to be given back by hand, then what was received by hand, then what a gateway holds. */
function payerOf(
  ledger: Ledger,
  { paymentId, amountMinor }: CommandOf<'manual_refund'>,
): Payment | 'unknown' | undefined {
  const { payments } = ledger;
  if (paymentId !== undefined && !Object.hasOwn(payments, paymentId)) return 'unknown';
  const asked = Object.values(payments).filter(
    (payment) => paymentId === undefined || payment.paymentId === paymentId,
  );
  const rank = (payment: Payment): number => {
    if (toReturnMinor(ledger, payment.paymentId) > 0) return 0;
    return payment.manual === undefined ? 2 : 1;
  };
  return asked
    .filter((payment) => returnableMinor(ledger, payment.paymentId) >= amountMinor)
    .sort((one, other) => rank(one) - rank(other))[0];
}

/** What stands of it and was not promised to a refund through the gateway. */
function returnableMinor(ledger: Ledger, paymentId?: string): number {
  return netMinor(ledger, paymentId) - reservedMinor(ledger, paymentId);
}

/** Of a decision that sends money back, what no gateway can send is put before a person, once. */
export function askForReturn(context: Context): void {
  const { ledger } = context;
  for (const { paymentId, manual } of manualPayments(ledger)) {
    if (toReturnMinor(ledger, paymentId) === 0) continue;
    const cause = `${paymentId}:${manual?.toReturnMinor}`;
    if (!wasReviewed(ledger, 'refund_by_hand', cause))
      applyRow(context, 'refund.by_hand', { cause });
  }
}

/** Minor units that were given back by hand since a version of the order. */
export function returnedSince({ refunds }: Ledger, version: number): number {
  return Object.values(refunds)
    .filter(({ manual, movedAtVersion = 0 }) => manual !== undefined && movedAtVersion > version)
    .reduce((total, { amountMinor }) => total + amountMinor, 0);
}
