/**
 * What Temporal alone costs an order: one start and one signal, straight over gRPC, and no worker.
 * Nothing that is built on Temporal can be cheaper.
 */
import { historyOf } from './history.ts';
import { installedVersion } from './installed-version.ts';
import { PRICE, type RunningSide, type Side, type SideOptions } from './side.ts';
import { startTemporalEngine } from './temporal-engine.ts';

async function start(options: SideOptions): Promise<RunningSide> {
  const engine = await startTemporalEngine(options);
  const { workflow } = engine.client;
  const delivered = new Set<string>();
  return {
    startOrder: async (orderId) => {
      const args = [{ orderId, ...PRICE }];
      await workflow.start('order', { workflowId: orderId, taskQueue: 'nobody', args });
    },
    pay: async (orderId) => `pay_${orderId}`,
    deliver: async ({ orderId, paymentId, eventId }) => {
      if (delivered.has(eventId)) return;
      delivered.add(eventId);
      await workflow.getHandle(orderId).signal('webhook', { eventId, paymentId, ...PRICE });
    },
    verify: async () => undefined,
    processes: () => ({ temporal: [engine.pid] }),
    historyOf: (orderId) => historyOf(engine.client, orderId),
    stop: engine.stop,
  };
}

export const temporalFloor: Side = {
  name: 'temporal-floor',
  title: "Temporal's floor",
  description:
    'One start and one signal over gRPC, no worker, no effects: what no order can be below.',
  workloads: ['order'],
  versions: { '@temporalio/client': installedVersion('@temporalio/client') },
  start,
};
