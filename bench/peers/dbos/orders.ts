/**
 * An order as a row, and what a captured payment sets off as a DBOS workflow whose id is the event's:
 * a repeated delivery finds the workflow that the first one started, and a crash goes on from the last
 * checkpoint. https://www.dbos.dev/blog/open-source-typescript-stripe-processing
 *
 * Two other ways were weighed. A workflow for each order that waits in `recv` takes 1.6 times the CPU
 * here, and polls as long as it is open. A datasource's transaction would write a checkpoint of its own
 * beside the workflow's, and no statement here needs it, as each may run twice without harm.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import type { GatewayClient } from '../../gateway-client.ts';
import { EFFECTS } from '../../side.ts';
import { performEffect } from '../effects.ts';
import type { Capture, Orders } from '../http-edge.ts';
import { openPayment } from '../open-payment.ts';
import { insertOrder, markPaid, statusOf } from '../order-rows.ts';

/** A database that fails over is away for half a minute; with the back-off this is two. */
const RETRY = { retriesAllowed: true, maxAttempts: 8 };

/** Must be called before `DBOS.launch`, which goes on with what a killed process left. */
export function createOrders(pool: Pool, gateway: GatewayClient): Orders {
  const fulfil = DBOS.registerWorkflow((capture: Capture) => fulfilOrder(pool, capture), {
    name: 'fulfil',
  });
  return {
    start: (orderId, price) => insertOrder(pool, orderId, price),
    pay: (orderId) => openPayment(pool, gateway, orderId),
    async receive(capture) {
      const workflowID = capture.eventId;
      // Starting it again would be harmless too, but writes; a repeat should only read.
      if ((await DBOS.getWorkflowStatus(workflowID)) !== null) return 'duplicate';
      await DBOS.startWorkflow(fulfil, { workflowID })(capture);
      return 'accepted';
    },
    verify: (orderId) => statusOf(pool, orderId),
  };
}

async function fulfilOrder(pool: Pool, capture: Capture): Promise<void> {
  await DBOS.runStep(() => markPaid(pool, capture.orderId), { name: 'mark-paid', ...RETRY });
  // Side by side and settled, as the documentation asks, so that no rejection is left unheard.
  const outcomes = await Promise.allSettled(
    EFFECTS.map((effect) =>
      DBOS.runStep(() => performEffect(pool, effect, capture), { name: effect, ...RETRY }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
