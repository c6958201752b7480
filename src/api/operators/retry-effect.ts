/** Lets a failed effect run again, once its cause has been removed. */
import { z } from 'zod';
import { readOrderWithOutcome } from '../../store/orders/order-with-outcome.ts';
import { loadRecord } from '../../store/orders/record.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { orderId, text, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { orderAnswer } from '../orders/represent-order.ts';
import { isUnsettled, requireOrder, submit } from '../orders/submit.ts';
import { Problem } from '../problems/problem.ts';

export const effectPath = z.strictObject({
  id: orderId,
  key: visibleId.meta({ description: "The effect's key, as the order names it." }),
});

export const retryEffect = defineRoute({
  operationId: 'retryEffect',
  method: 'post',
  path: '/v1/orders/{id}/effects/{key}/retry',
  scope: 'ops',
  summary: 'Run a failed effect again',
  params: effectPath,
  body: z.strictObject({ note: text(500).optional() }),
  answers: { 202: { description: 'The order; the effect runs again.', schema: orderSchema } },
  problems: ['order_not_found', 'effect_not_failed'],
  async run({ params: { id, key }, body: { note }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    await requireRetriable(dependencies, { id, key, commandId: sender.commandId });
    const payload = { key, ...(note === undefined ? {} : { note }) };
    const command = { orderId: id, name: 'retry', payload } as const;
    const answered = await submit(dependencies, sender, command);
    return { ...orderAnswer(202, answered.order), isUnsettled: isUnsettled(answered) };
  },
});

/**
 * A command to an order at rest begins a run. Its effects have ended and its record says how, so a retry of one that
 * has not failed is refused from there; an order that has taken this very command before answers for itself.
 *
 * @throws Problem `effect_not_failed`
 */
async function requireRetriable(
  { database }: ApiDependencies,
  { id, key, commandId }: { id: string; key: string; commandId: string },
): Promise<void> {
  const present = await readOrderWithOutcome(database, id, commandId);
  if (!present?.order.closed || present.outcome !== null) return;
  const effects = (await loadRecord(database, id))?.effects ?? {};
  const isFailed = Object.hasOwn(effects, key) && effects[key]?.status === 'failed';
  if (!isFailed) throw new Problem('effect_not_failed');
}
