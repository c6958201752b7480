/**
 * Temporal's retention is over, and of a closed order there is nothing left there. Deleting its run leaves the
 * same: no run, and no history.
 */
import assert from 'node:assert/strict';
import { WorkflowNotFoundError } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { givenPendingOrder, orderBody, untilSettled } from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { type OperatorStack, PATIENCE, startOperatorStack } from './operator-stack.ts';

describe('an order whose run has passed its retention', function () {
  this.timeout(300_000);
  let place: OperatorStack;

  before(async () => {
    place = await startOperatorStack({ workers: 1, apis: 1, env: { SETTLEMENT_WINDOW: '1s' } });
  });
  after(() => place?.close());

  async function givenForgottenOrder() {
    const { shop, client } = place;
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await pWaitFor(async () => (await place.statusOf(id)) === 'COMPLETED', PATIENCE);
    await place.temporal('workflow', 'delete', '--workflow-id', id, '--yes');
    const isForgotten = () =>
      client.workflow
        .getHandle(id)
        .describe()
        .then(
          () => false,
          (error: unknown) => error instanceof WorkflowNotFoundError,
        );
    await pWaitFor(isForgotten, PATIENCE);
    return { id, paymentId };
  }

  async function papersOf(id: string): Promise<unknown> {
    const [counted] = await place.rows(
      `select (select count(*)::int from invoices where order_id = $1) as invoices,
              (select count(*)::int from credit_notes where order_id = $1) as "creditNotes",
              (select count(*)::int from entitlements where order_id = $1) as grants,
              (select count(*)::int from entitlements where order_id = $1 and revoked_at is not null)
                as revoked`,
      [id],
    );
    return counted;
  }

  // Temporal forgets half a minute later.
  sideBySide({
    async 'takes news of its gateway all the same, and does nothing a second time'() {
      const { shop } = place;
      const { id, paymentId } = await givenForgottenOrder();
      await shop.gateway('POST', `/payments/${paymentId}/refunds`, {});
      await untilSettled(shop, id, 'refunded');
      assert.deepEqual(await papersOf(id), { invoices: 1, creditNotes: 1, grants: 1, revoked: 1 });
    },

    async 'is not begun anew by who creates or pays it again'() {
      const { shop } = place;
      const { id } = await givenForgottenOrder();
      const created = await shop.call<{ state: string }>('POST', '/v1/orders', orderBody(id));
      assert.equal(created.body.state, 'paid');
      const click = await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=30' });
      assert.equal(click.status, 409);
      assert.deepEqual(await papersOf(id), { invoices: 1, creditNotes: 0, grants: 1, revoked: 0 });
    },
  });
});
