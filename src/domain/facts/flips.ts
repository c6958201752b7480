/**
 * Contradictions: a fact that is reported again with other money, and a refund or a dispute that ended one way and is
 * reported to have ended the other way. Webhooks may be old: only a gateway sync that began after the last change may
 * turn a final status.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, type Verdict, wasReviewed } from '../context.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { type DisputeFact, type Fact, factKey, type RefundFact } from './facts.ts';

export interface Flip {
  kind: 'refund' | 'dispute';
  fact: RefundFact | DisputeFact;
  /** Of what is known; absent in orders from before it was kept. */
  movedAtVersion?: number | undefined;
  /** In words, what had happened when it last moved. */
  known: string;
}

/** Null when the fact is the present state at the gateway. */
export function resistFlip(context: Context, flip: Flip): Verdict | null {
  if (!context.isPresentTruth) return requireConfirmation(context, flip);
  const { kind, fact, movedAtVersion = 0, known } = flip;
  // The sync's answer may have left the gateway before a webhook brought the change.
  if (context.ledger.inquiry.askedAtVersion >= movedAtVersion) return null;
  return applyRow(context, `${kind}.flip.early`, {
    cause: factKey(fact),
    reason: `the gateway was asked before ${known}`,
    effects: { fetch: askGateway },
  });
}

/** Nothing is applied, so the fact stays new until a sync confirms it. */
function requireConfirmation(context: Context, { kind, fact }: Flip): Verdict {
  const key = factKey(fact);
  delete context.ledger.facts[key];
  if (wasReviewed(context.ledger, `${kind}_flip`, key))
    return { outcome: 'duplicate', reason: `${key} was doubted before` };
  return applyRow(context, `${kind}.flip`, {
    cause: key,
    effects: { fetch: askGateway },
  });
}

export interface Contradiction {
  known: { amountMinor: number; currency: string };
  /** What is known, in the words of the outcome. */
  what: string;
}

/** The same fact with other money: the first report stands, and a review is opened. */
export function contradict(context: Context, fact: Fact, { known, what }: Contradiction): Verdict {
  const { amountMinor, currency } = fact;
  return applyRow(context, 'fact.contradicted', {
    cause: contradictionOf(fact),
    reason: `fact_conflict: ${what} was ${known.amountMinor} ${known.currency}, now ${amountMinor} ${currency}`,
  });
}

/** Names a contradiction, and so the cause of its review: each is one of its own. */
export function contradictionOf(fact: Fact): string {
  return `${factKey(fact)}:${fact.amountMinor}${fact.currency}`;
}
