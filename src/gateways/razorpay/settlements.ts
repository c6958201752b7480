/**
 * What Razorpay settled on one day of its account, page by page (razorpay.com/docs/api/settlements/fetch-recon). The
 * list has no cursor but a number of items to skip, so each page begins with the last item of the page before: where
 * that is another one, the list has moved meanwhile, and is read again from its start.
 */
import { z } from 'zod';
import {
  type FetchSettlement,
  GatewayOutcomeUnknown,
  type SettlementItem,
  type SettlementPage,
} from '../gateway.ts';
import type { RazorpayClient } from './client.ts';

const cursorSchema = z.object({
  skip: z.int().min(0),
  /** The last item of the page before, which the next one has to begin with; null at the start. */
  last: z.string().nullable(),
  /** How often the list was read from its start again. */
  restarts: z.int().min(0),
});
type Cursor = z.infer<typeof cursorSchema>;

const START: Cursor = { skip: 0, last: null, restarts: 0 };
/** A list of a day that is over rarely moves; one that moves each time is left for later. */
const MAX_RESTARTS = 5;

/** Of the notes, the order that they name; the rest may be about customers. */
const notes = z
  .unknown()
  .transform((given) => z.object({ orderId: z.string() }).safeParse(given).data ?? {});

/** Only what matching reads is kept. */
export const reconItemSchema = z.object({
  entity_id: z.string().min(1),
  type: z.string(),
  debit: z.int(),
  credit: z.int(),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  tax: z.int(),
  created_at: z.int(),
  settlement_id: z.string().nullish(),
  payment_id: z.string().nullish(),
  dispute_id: z.string().nullish(),
  notes,
});
export type ReconItem = z.infer<typeof reconItemSchema>;

/** @throws GatewayRefusal, GatewayOutcomeUnknown */
export async function fetchSettlement(
  client: RazorpayClient,
  { day, cursor }: FetchSettlement,
): Promise<SettlementPage> {
  const at = cursor === null ? START : cursorSchema.parse(JSON.parse(cursor));
  const { items, isFull } = await client.listRecon(day, at.skip);
  return { items: items.map(itemOf), nextCursor: nextCursor(at, items, isFull) };
}

function nextCursor(
  { skip, last, restarts }: Cursor,
  items: readonly ReconItem[],
  isFull: boolean,
): string | null {
  if (last !== null && items[0]?.entity_id !== last) {
    if (restarts === MAX_RESTARTS)
      throw new GatewayOutcomeUnknown(
        'the list of settled items at Razorpay changes while it is read',
      );
    return JSON.stringify({ ...START, restarts: restarts + 1 } satisfies Cursor);
  }
  const end = items.at(-1);
  if (!isFull || end === undefined) return null;
  const next: Cursor = { skip: skip + items.length - 1, last: end.entity_id, restarts };
  return JSON.stringify(next);
}

function itemOf(data: ReconItem): SettlementItem {
  return { id: data.entity_id, payoutId: data.settlement_id ?? null, data };
}
