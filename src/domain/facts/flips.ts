/**
 * Contradictions: a fact that is reported again with other money, and a refund or a dispute that ended one way and is
 * reported to have ended the other way. Webhooks may be old: only a gateway sync that began after the last change may
 * turn a final status.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, type Verdict, wasReviewed } from '../context.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { type DisputeFact, type Fact, factKey, type RefundFact } from './facts.ts';

interface Progress<Status extends string> {
  kind: 'refund' | 'dispute';
  fact: RefundFact | DisputeFact;
  /** `movedAtVersion` is absent in orders from before it was kept. */
  known: { status: Status; movedAtVersion?: number } | undefined;
  isForward: (was: Status) => boolean;
  /** Has it ended one way, and does the fact end it the other way? */
  isFlip: (was: Status) => boolean;
}

/** Null when the fact moves what is known forward, or turns it with the present state at the gateway. */
export function checkProgress<Status extends string>(
  context: Context,
  { kind, fact, known, isForward, isFlip }: Progress<Status>,
): Verdict | null {
  if (known === undefined) return null;
  const { status, movedAtVersion = 0 } = known;
  if (!isFlip(status)) {
    if (isForward(status)) return null;
    return { outcome: 'stale', reason: `the ${kind} is ${status} already` };
  }
  if (context.ledger.terms.webhooksOnly === true) return unlessItTurns(kind, status, fact);
  if (!context.isPresentTruth) return requireConfirmation(context, kind, fact);
  // The sync's answer may have left the gateway before a webhook brought the change.
  if (context.ledger.inquiry.askedAtVersion >= movedAtVersion) return null;
  return applyRow(context, `${kind}.flip.early`, {
    cause: factKey(fact),
    effects: { fetch: askGateway },
  });
}

/**
 * Where nothing can confirm it, the order in which such things happen has to do: money that a bank has taken may be given
 * back under the id of that dispute, and taken again only under another one; a refund that has failed stays so.
 */
function unlessItTurns(
  kind: 'refund' | 'dispute',
  was: string,
  { type }: RefundFact | DisputeFact,
): Verdict | null {
  if (was === 'lost' && type === 'dispute.won') return null;
  return { outcome: 'stale', reason: `the ${kind} is ${was}, which comes after it` };
}

/** Nothing is applied, so the fact stays new until a sync confirms it. */
function requireConfirmation(
  context: Context,
  kind: 'refund' | 'dispute',
  fact: RefundFact | DisputeFact,
): Verdict {
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

/** A contradiction that was reviewed before is a repeat, whatever was decided. */
export function contradictOnce(
  context: Context,
  fact: Fact,
  contradiction: Contradiction,
): Verdict {
  if (!wasReviewed(context.ledger, 'fact_conflict', contradictionOf(fact)))
    return contradict(context, fact, contradiction);
  const reason = `${contradiction.what} contradicts what is known, as told before`;
  return { outcome: 'duplicate', reason };
}

/** Names a contradiction, and so the cause of its review: each is one of its own. */
export function contradictionOf(fact: Fact): string {
  return `${factKey(fact)}:${fact.amountMinor}${fact.currency}`;
}
