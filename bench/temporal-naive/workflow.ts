/**
 * An order as one would write it after the tutorial: one signal a delivery, three activities one
 * after the other. It cannot pay twice either, but every repeat goes through its history.
 */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { NaiveActivities } from './activities.ts';
import type { NaiveOrder } from './messages.ts';

const effects = proxyActivities<NaiveActivities>({ startToCloseTimeout: '10s' });

const paySignal = defineSignal<[string]>('pay');
const webhookSignal = defineSignal<[string]>('webhook');
const verifySignal = defineSignal('verify');

export async function naiveOrder({ orderId }: NaiveOrder): Promise<void> {
  let state: 'initiated' | 'pending' | 'paid' = 'initiated';
  setHandler(paySignal, () => {
    if (state === 'initiated') state = 'pending';
  });
  setHandler(webhookSignal, () => {
    state = 'paid';
  });
  setHandler(verifySignal, () => undefined);
  await condition(() => state === 'paid');
  await effects.grantEntitlement(orderId);
  await effects.issueInvoice(orderId);
  await effects.postLedger(orderId);
  // Late events may still come, so the order stays open.
  await condition(() => false);
}
