/** Orders whose workflow task is lost with its worker, after it has done something and before Temporal heard of it. */
import pWaitFor from 'p-wait-for';
import { rowsOf } from '../books.ts';
import { sharedStack } from '../stack.ts';
import { type Story, story } from './scene.ts';

/** Every worker dies at this place, once. */
async function armWorkers(failpoint: string): Promise<void> {
  const stack = await sharedStack();
  const workers = Object.keys(stack.children).filter((name) => name.startsWith('worker'));
  const env = { NODE_ENV: 'test', FAILPOINT: `${failpoint}:1` };
  await Promise.all(workers.map((name) => stack.restart(name, env)));
}

export const LOSING: Story[] = [
  story('task-lost-behind-its-effects', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await armWorkers('ledger.afterCommitBeforeReturn');
    await scene.at(`/payments/${paymentId}/capture`);
    await pWaitFor(async () => (await rowsOf('postings', id)).length > 0);
    // Whoever does the task again hears of both at once.
    await scene.at(`/payments/${paymentId}/refunds`);
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('task-lost-behind-its-record', async (scene) => {
    const id = await scene.order();
    await armWorkers('gateway.create.afterCallBeforeReturn');
    await scene.pay(id);
    await scene.until(id, ({ payments }) => payments[0]?.id != null);
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    return id;
  }),
];
