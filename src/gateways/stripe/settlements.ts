/**
 * What Stripe did with the balance on one day: its balance transactions by the time at which they were created, and
 * then the transactions of each automatic payout among them, as only that list says what a payout has paid out.
 */
import type { Stripe } from 'stripe';
import { z } from 'zod';
import {
  type FetchSettlement,
  GatewayOutcomeUnknown,
  type SettlementItem,
  type SettlementPage,
} from '../gateway.ts';
import { askStripe } from './client.ts';

/** The most that Stripe lists on one page. */
const PAGE_SIZE = 100;
/** A page with a hundred charges takes longer than one payment. */
const CALL_TIMEOUT_MS = 30_000;

/** Where a day's list ended. */
const cursorSchema = z.object({
  /** The payout whose transactions are listed; null while they are listed by time. */
  payout: z.string().nullable(),
  /** The last transaction of the page before. */
  after: z.string().nullable(),
  /** Payouts whose transactions are still to be listed. */
  payouts: z.array(z.string()),
});
type Cursor = z.infer<typeof cursorSchema>;

const START: Cursor = { payout: null, after: null, payouts: [] };

/** Only what matching reads of the source is kept: the rest may be about customers. */
const sourceSchema = z.object({
  id: z.string(),
  amount: z.int().optional(),
  currency: z.string().optional(),
  payment_intent: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
  metadata: z.object({ orderId: z.string().optional() }).nullish().catch(null),
  automatic: z.boolean().optional(),
  reconciliation_status: z.string().optional(),
});
type Source = z.infer<typeof sourceSchema>;

const transactionSchema = z.object({
  id: z.string().min(1),
  amount: z.int(),
  fee: z.int(),
  net: z.int(),
  currency: z.string(),
  reporting_category: z.string(),
  created: z.int(),
  source: z.union([z.string(), sourceSchema, z.null()]),
});
type Transaction = z.infer<typeof transactionSchema>;

const listSchema = z.object({ has_more: z.boolean(), data: z.array(transactionSchema) });

/** @throws GatewayRefusal, GatewayOutcomeUnknown */
export async function fetchSettlement(
  stripe: Stripe,
  { fromMs, toMs, cursor }: FetchSettlement,
): Promise<SettlementPage> {
  const at = cursor === null ? START : readCursor(cursor);
  const { has_more: hasMore, data } = await askStripe('list balance transactions', listSchema, () =>
    stripe.balanceTransactions.list(
      {
        ...(at.payout === null
          ? { created: { gte: seconds(fromMs), lt: seconds(toMs) } }
          : { payout: at.payout }),
        ...(at.after === null ? {} : { starting_after: at.after }),
        limit: PAGE_SIZE,
        expand: ['data.source'],
      },
      { timeout: CALL_TIMEOUT_MS },
    ),
  );
  return {
    items: data.map((transaction) => itemOf(transaction, at.payout)),
    nextCursor: nextCursor(at, { hasMore, data }),
  };
}

function readCursor(text: string): Cursor {
  return cursorSchema.parse(JSON.parse(text));
}

function nextCursor(
  { payout, payouts: waiting }: Cursor,
  { hasMore, data }: { hasMore: boolean; data: readonly Transaction[] },
): string | null {
  const payouts = payout === null ? [...waiting, ...data.flatMap(listedPayout)] : waiting;
  if (hasMore) {
    const after = data.at(-1)?.id;
    // An empty page that says there is more would be asked for again for ever.
    if (after === undefined) throw new GatewayOutcomeUnknown('Stripe answered an empty page');
    return JSON.stringify({ payout, after, payouts } satisfies Cursor);
  }
  const [next, ...rest] = payouts;
  if (next === undefined) return null;
  return JSON.stringify({ payout: next, after: null, payouts: rest } satisfies Cursor);
}

/** Transactions are listed for automatic payouts alone, and are complete once Stripe says so. */
function listedPayout({ reporting_category: category, source }: Transaction): string[] {
  if (category !== 'payout' || typeof source !== 'object' || source === null) return [];
  const isComplete = source.automatic === true && source.reconciliation_status === 'completed';
  return isComplete ? [source.id] : [];
}

function itemOf(transaction: Transaction, payoutId: string | null): SettlementItem {
  const { source } = transaction;
  const kept = typeof source === 'object' && source !== null ? keptOf(source) : source;
  return { id: transaction.id, payoutId, data: { ...transaction, source: kept } };
}

function keptOf({ id, amount, currency, payment_intent: intent, metadata }: Source): object {
  return {
    id,
    ...(amount !== undefined && currency !== undefined && { amount, currency }),
    payment_intent: typeof intent === 'object' ? (intent?.id ?? null) : (intent ?? null),
    ...(metadata?.orderId !== undefined && { metadata: { orderId: metadata.orderId } }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
