/** A simulated life as the invariants of an order look at it. */
import { entryOf } from '../../src/activities/post-ledger.ts';
import { crmTypeOf } from '../../src/domain/effects/crm.ts';
import type { BusinessEffect } from '../../src/domain/effects/effects.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { briefOf, viewOf } from '../../src/domain/view.ts';
import type { GatewayPayment, OrderEvidence, Posting } from '../invariants/evidence.ts';
import type { GatewayTruth, TruePayment } from './gateway-truth.ts';
import type { Remains } from './rest.ts';

type PostLedger = Extract<BusinessEffect, { effect: 'post_ledger' }>;

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
    postings: done.flatMap((command) =>
      command.effect === 'post_ledger' ? sidesOf(ledger, command) : [],
    ),
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

/** The accounts that the activity posts to: a wrong one of them is a wrong sum. */
function sidesOf(ledger: Ledger, command: PostLedger): Posting[] {
  const entry = entryOf(briefOf(ledger), command);
  return (['debit', 'credit'] as const).map((side) => ({ ...entry, side, account: entry[side] }));
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
