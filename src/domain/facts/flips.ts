/**
 * What has ended one way, a refund or a dispute, and is told to have ended the other way. Webhooks may be
 * old: only what the gateway says when it is asked after the last move may turn it.
 */

import { askGateway } from '../schedule/gateway-sync.ts';
import { applyRow, type Turn, type Verdict, wasReviewed } from '../turn.ts';
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
export function resistFlip(turn: Turn, flip: Flip): Verdict | null {
  if (!turn.isPresentTruth) return doubt(turn, flip);
  const { movedAtVersion = 0, known } = flip;
  // An answer may be on its way while a webhook tells what has happened since.
  if (turn.ledger.inquiry.askedAtVersion >= movedAtVersion) return null;
  askGateway(turn);
  return { outcome: 'stale', reason: `the gateway was asked before ${known}` };
}

/** Nothing is applied, so the fact stays new: the gateway's own word for it is yet to come. */
function doubt(turn: Turn, { kind, fact }: Flip): Verdict {
  const key = factKey(fact);
  delete turn.ledger.facts[key];
  if (wasReviewed(turn.ledger, `${kind}_flip`, key))
    return { outcome: 'duplicate', reason: `${key} was doubted before` };
  return applyRow(turn, `${kind}.flip`, { cause: key, calls: { fetch: () => askGateway(turn) } });
}
