/** Reads an order's history once nothing is added to it any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { History, RunningSide } from './side.ts';

/** An order that still works adds something within this. */
const QUIET_MS = 300;

/** Absent on sides without histories. */
export async function settledHistory(
  side: RunningSide,
  orderId: string | undefined,
): Promise<History | undefined> {
  if (side.historyOf === undefined || orderId === undefined) return undefined;
  let before = await side.historyOf(orderId);
  for (;;) {
    await sleep(QUIET_MS);
    const after = await side.historyOf(orderId);
    if (after.events === before.events) return after;
    before = after;
  }
}
