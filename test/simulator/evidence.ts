/** A simulated life as the invariants of an order look at it. */
import { crmTypeOf } from '../../src/domain/effects/crm.ts';
import type { BusinessEffect, PostingKind } from '../../src/domain/effects/effects.ts';
import { isByHand } from '../../src/domain/facts/manual.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import type { GatewayPayment, OrderEvidence, Posting } from '../invariants/evidence.ts';
import type { GatewayTruth, TruePayment } from './gateway-truth.ts';
import type { Remains } from './rest.ts';

export function evidenceOf({ ledger, truth, sinks, records }: Remains): OrderEvidence {
  const { terms, version, revision } = ledger;
  const { orderId, amountMinor, currency } = terms;
  const done = [...sinks.done.values()];
  return {
    orderId,
    order: {
      id: orderId,
      state: stateOf(ledger),
      version,
      revision,
      amountMinor,
      currency,
      view: viewOf(ledger),
      isClosed: ledger.closed,
      ledger,
    },
    payments: paymentsOf(truth, orderId),
    entitlements: [...sinks.entitlements].map(([epoch, { granted, revoked }]) => ({
      epoch,
      grantKey: keyOf(done, 'grant_access', epoch),
      isGranted: granted,
      revokeKey: keyOf(done, 'revoke_access', epoch),
      isRevoked: revoked,
    })),
    invoices: done.filter((command) => command.effect === 'issue_invoice'),
    creditNotes: done.filter((command) => command.effect === 'issue_credit_note'),
    postings: done.flatMap((command) => (command.effect === 'post_ledger' ? sidesOf(command) : [])),
    crm: done
      .filter((command) => command.effect === 'update_crm')
      .map((command) => ({ key: command.key, type: crmTypeOf(command), body: '', isTaken: true })),
    parkedPayments: done.flatMap((command) =>
      command.effect === 'park_payment' ? [command.paymentId] : [],
    ),
    outcomes: [...records.records.values()].toSorted((a, b) => a.seq - b.seq),
    moves: records.moves,
  };
}

function keyOf(
  done: readonly BusinessEffect[],
  effect: 'grant_access' | 'revoke_access',
  epoch: number,
): string | null {
  const own = done.find((command) => command.effect === effect && command.epoch === epoch);
  return own?.key ?? null;
}

/** Which side of an entry is the money that the gateway holds; a discount and a write-off are none. */
const CLEARING: Record<PostingKind, 'debit' | 'credit' | 'neither'> = {
  capture: 'debit',
  discount: 'neither',
  discount_reversed: 'neither',
  capture_reversed: 'credit',
  refund: 'credit',
  refund_reversed: 'debit',
  chargeback: 'credit',
  chargeback_reversed: 'debit',
  write_off: 'neither',
  write_off_reversed: 'neither',
};

function sidesOf(command: Extract<BusinessEffect, { effect: 'post_ledger' }>): Posting[] {
  return (['debit', 'credit'] as const).map((side) => ({
    ...command,
    side,
    account: CLEARING[command.kind] === side ? holderOf(command.reference) : 'other',
  }));
}

function holderOf(reference: string): string {
  return isByHand(reference) ? 'bank' : 'gateway_clearing:sandbox';
}

function paymentsOf({ payments }: GatewayTruth, orderId: string): GatewayPayment[] {
  return payments
    .filter((payment) => payment.orderId === orderId)
    .map((payment: TruePayment) => ({
      id: payment.paymentId,
      status: payment.status,
      amount: payment.amountMinor,
      currency: payment.currency,
      isOurs: payment.installation === 'ours',
      captures: payment.captures.map(({ captureId, amountMinor, reversed }) => ({
        captureId,
        amount: amountMinor,
        reversed,
      })),
      refunds: payment.refunds.map(({ refundId, amountMinor, status }) => ({
        id: refundId,
        amount: amountMinor,
        status,
      })),
      disputes: payment.disputes.map(({ disputeId, amountMinor, status }) => ({
        id: disputeId,
        amount: amountMinor,
        status,
      })),
    }));
}
