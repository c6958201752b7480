/**
 * What the CRM is told: each state that the order comes to, and what becomes of its disputes, refunds and reviews.
 * Messages reach the CRM in the order in which they became true: each waits for the one before.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, keyFor } from '../context.ts';
import type { Ledger } from '../ledger.ts';
import { indexOf, takeChanged } from '../ledger-index.ts';
import type { OrderState } from '../order.ts';
import { stateOf } from '../sums.ts';
import type { BusinessEffect } from './effects.ts';

export type UpdateCrm = Extract<BusinessEffect, { effect: 'update_crm' }>;

/** The type of the message, such as `order.paid` or `dispute.opened`. */
export function crmTypeOf({ state, about }: UpdateCrm): string {
  return about?.type ?? `order.${state}`;
}

/** @param entries how often the order has come to that state, as part of the key */
export function notifyState(starter: EffectStarter, state: OrderState, entries: number): void {
  notify(starter, { cause: `${state}-${entries}`, state });
}

interface Update extends Pick<UpdateCrm, 'state' | 'about'> {
  cause: string;
}

function notify(starter: EffectStarter, { cause, ...update }: Update): void {
  const previous = indexOf(starter.ledger).lastCrmKey;
  starter.start({
    effect: 'update_crm',
    key: keyFor(starter, 'update_crm', cause),
    ...update,
    ...(previous === undefined ? {} : { after: previous }),
  });
}

/** At the end of every event: what has moved beside the order's state. */
export function notifyEvents(context: Context): void {
  const { ledger } = context;
  if (ledger.terms.notifiesCrmOfEvents !== true) return;
  const untold = updatesOf(ledger).filter(
    ({ cause }) => ledger.effects[keyFor(context, 'update_crm', cause)] === undefined,
  );
  if (untold.length === 0) return;
  applyRow(context, 'crm.outdated', {
    cause: 'crm',
    effects: {
      crm: (starter) => {
        for (const update of untold) notify(starter, update);
      },
    },
  });
}

/** What was told before is in it as well: its key says so. */
function updatesOf(ledger: Ledger): Update[] {
  const state = stateOf(ledger);
  const index = indexOf(ledger);
  const { untold } = index;
  const disputes = takeChanged(index, 'dispute', untold.disputes).flatMap(
    (id) => ledger.disputes[id] ?? [],
  );
  const refunds = takeChanged(index, 'refund', untold.refunds).flatMap(
    (id) => ledger.refunds[id] ?? [],
  );
  // A dispute may be won, lost, and won again: each time it has moved at another version.
  const moves = [
    ...disputes.map(({ disputeId, ...moved }) => ({ kind: 'dispute', id: disputeId, ...moved })),
    ...refunds
      .filter(({ status }) => status !== 'pending')
      .map(({ refundId, ...moved }) => ({ kind: 'refund', id: refundId, ...moved })),
  ].map(({ kind, id, status, movedAtVersion = 0 }) => ({
    cause: `${kind}-${id}-${status}-${movedAtVersion}`,
    about: { type: `${kind}.${status}`, id },
  }));
  const reviews = ledger.reviews
    // A CRM that refuses what it is told would be told of that, and refuse it.
    .filter(({ reason }) => reason !== 'effect_failed')
    .flatMap(({ id, status }) =>
      ['opened', ...(status === 'open' ? [] : [status])].map((word) => ({
        cause: `review-${id}-${word}`,
        about: { type: `review.${word}`, id },
      })),
    );
  return [...moves, ...reviews].map((update) => ({ ...update, state }));
}
