/**
 * Contradicting final statuses: a refund or a dispute that ended one way is reported to have ended the other way.
 * Webhooks may be old: only a gateway sync that began after the last change may turn it.
 */

import { applyRow, type Context, type Verdict, wasReviewed } from '../context.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { type DisputeFact, factKey, type RefundFact } from './facts.ts';

export interface Flip {
  kind: 'refund' | 'dispute';
  fact: RefundFact | DisputeFact;
  /** Of what is known; absent in orders from before it was kept. */
  movedAtVersion?: number | undefined;
  /** In words, what had happened when it last moved. */
  known: string;
}

/** Null when what is told is the present truth. */
export function resistFlip(context: Context, flip: Flip): Verdict | null {
  if (!context.isPresentTruth) return requireConfirmation(context, flip);
  const { movedAtVersion = 0, known } = flip;
  // An answer may be on its way while a webhook tells what has happened since.
  if (context.ledger.inquiry.askedAtVersion >= movedAtVersion) return null;
  askGateway(context);
  return { outcome: 'stale', reason: `the gateway was asked before ${known}` };
}

/** Nothing is applied, so the fact stays new: the gateway's own word for it is yet to come. */
function requireConfirmation(context: Context, { kind, fact }: Flip): Verdict {
  const key = factKey(fact);
  delete context.ledger.facts[key];
  if (wasReviewed(context.ledger, `${kind}_flip`, key))
    return { outcome: 'duplicate', reason: `${key} was doubted before` };
  return applyRow(context, `${kind}.flip`, {
    cause: key,
    calls: { fetch: () => askGateway(context) },
  });
}
