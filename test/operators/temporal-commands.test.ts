/**
 * What Temporal's own commands do to an order: each row of the table "Temporal's own commands on an order" in
 * docs/operations.md, by Temporal's CLI on the real server.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import pWaitFor from 'p-wait-for';
import { many } from '../support/many.ts';
import {
  givenOrder,
  givenPendingOrder,
  readOrder,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { type OperatorStack, PATIENCE, startOperatorStack } from './operator-stack.ts';

/** Started, signalled, a task scheduled and started. */
const BEFORE_THE_FIRST_TASK_ENDS = 4;
/** Several tasks take up that many signals. */
const BACKLOG = 2_500;
const ONE_EACH = { entitlements: 1, invoices: 1, captures: 1, crmUpdates: 1 };

describe('an order, when an operator uses Temporal’s own commands on its run', function () {
  this.timeout(180_000);
  let place: OperatorStack;
  /** Its gateway call was completed with a result that is none. It asks again half a minute later. */
  let answeredWrongly: string;

  before(async function () {
    this.timeout(300_000);
    place = await startOperatorStack({ workers: 1, apis: 2 });
    answeredWrongly = await duringCall((activity) =>
      place.temporal('activity', 'complete', ...activity, '--result', '{"to": "nobody"}'),
    );
    await untilOrder(
      place.shop,
      answeredWrongly,
      ({ payments }) => payments[0]?.status === 'unknown',
      'unknown',
    );
  });
  after(() => place?.close());

  /** The gateway hangs while the first click is with it, and the worker has the call in its hands. */
  async function duringCall(act: (activity: string[]) => Promise<unknown>): Promise<string> {
    const { shop, client } = place;
    const id = await givenOrder(shop);
    await withFaults(shop, { api: { hang: 1 } }, async () => {
      await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=0' });
      const activityId = await pWaitFor(async () => {
        const { raw } = await client.workflow.getHandle(id).describe();
        const [call] = raw.pendingActivities ?? [];
        return call?.activityId != null && pWaitFor.resolveWith(call.activityId);
      }, PATIENCE);
      await act(['--workflow-id', id, '--activity-id', activityId]);
    });
    return id;
  }

  /** The customer pays, and no webhook tells anybody. */
  async function captureUnheard(paymentId: string): Promise<void> {
    const { shop } = place;
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    });
  }

  async function capture(paymentId: string): Promise<void> {
    await place.shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  }

  async function assertEverythingOnce(id: string): Promise<void> {
    await untilSettled(place.shop, id, 'paid');
    const count = async (table: string): Promise<number> =>
      (await place.rows(`select from ${table} where order_id = $1`, [id])).length;
    const posted = await place.rows(
      "select from postings where order_id = $1 and key like '%:capture-%' and side = 'debit'",
      [id],
    );
    const keys = place.crm.requests
      .map(({ key }) => key)
      .filter((key) => key.startsWith(`${id}:update_crm:paid-`));
    assert.deepEqual(
      {
        entitlements: await count('entitlements'),
        invoices: await count('invoices'),
        captures: posted.length,
        crmUpdates: new Set(keys).size,
      },
      ONE_EACH,
    );
  }

  async function untilRunIsNot(id: string, runId: string): Promise<void> {
    await pWaitFor(async () => {
      const present = await place.client.workflow
        .getHandle(id)
        .describe()
        .catch(() => null);
      return present !== null && present.runId !== runId && present.status.name === 'RUNNING';
    }, PATIENCE);
  }

  async function untilEvent(id: string, eventId: RegExp) {
    return pWaitFor(async () => {
      const found = (await place.eventsOf(id)).find((event) => eventId.test(event.eventId));
      return found !== undefined && pWaitFor.resolveWith(found);
    }, PATIENCE);
  }

  describe('cancel', () => {
    const isCancelRequest = /^temporal-cancel-/;

    it('voids the payment, cancels the order and lets the run go on', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await place.temporal('workflow', 'cancel', '--workflow-id', id);
      const order = await untilSettled(place.shop, id, 'cancelled');
      assert.deepEqual(
        order.payments.map((payment) => [payment.id, payment.status]),
        [[paymentId, 'voided']],
      );
      assert.equal(await place.statusOf(id), 'RUNNING');
      const event = await untilEvent(id, isCancelRequest);
      assert.equal(event.source, 'operator');
      assert.match(event.reason, /Temporal's cancellation request/);
    });

    it('says why, where the request says it', async () => {
      const id = await givenOrder(place.shop);
      await place.client.workflowService.requestCancelWorkflowExecution({
        namespace: place.stack.temporalNamespace,
        workflowExecution: { workflowId: id },
        requestId: randomUUID(),
        reason: 'the customer called',
      });
      const { reason } = await untilEvent(id, isCancelRequest);
      assert.match(reason, /cancellation request: the customer called/);
    });

    it('is one cancel when it is sent again', async () => {
      const { id } = await givenPendingOrder(place.shop);
      for (const _ of [1, 2]) await place.temporal('workflow', 'cancel', '--workflow-id', id);
      await untilSettled(place.shop, id, 'cancelled');
      await untilEvent(id, isCancelRequest);
      await place.temporal('workflow', 'cancel', '--workflow-id', id);
      const events = await place.eventsOf(id);
      assert.equal(events.filter(({ eventId }) => isCancelRequest.test(eventId)).length, 1);
    });

    it('keeps an order paid whose money was captured first', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await captureUnheard(paymentId);
      await place.temporal('workflow', 'cancel', '--workflow-id', id);
      await assertEverythingOnce(id);
      const { outcome, reason } = await untilEvent(id, isCancelRequest);
      assert.equal(outcome, 'rejected');
      assert.match(reason, /^order_already_paid/);
    });

    it('lets an activity in flight go on to its end', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      place.crm.answerWith(id, 503);
      await capture(paymentId);
      await place.untilRetried(id, 'updateCrm');
      await place.temporal('workflow', 'cancel', '--workflow-id', id);
      await untilEvent(id, isCancelRequest);
      place.crm.answerWith(id, null);
      await assertEverythingOnce(id);
    });

    it('reaches many orders as a batch', async () => {
      const ids = await Promise.all([1, 2, 3].map(() => givenOrder(place.shop)));
      const query = `WorkflowId IN (${ids.map((id) => `'${id}'`).join(', ')})`;
      const isListed = async () =>
        (await place.temporal('workflow', 'count', '--query', query)).includes('3');
      await pWaitFor(isListed, PATIENCE);
      await place.temporal('workflow', 'cancel', '--query', query, '--reason', 'test', '--yes');
      await Promise.all(ids.map((id) => untilSettled(place.shop, id, 'cancelled')));
    });
  });

  describe('terminate', () => {
    it('is followed by a new run within a minute, which asks the gateway', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await captureUnheard(paymentId);
      const runId = await place.runIdOf(id);
      await place.temporal('workflow', 'terminate', '--workflow-id', id, '--reason', 'a mistake');
      await untilRunIsNot(id, runId);
      await assertEverythingOnce(id);
      const { source, type, reason } = await untilEvent(id, new RegExp(`^${runId}$`));
      assert.deepEqual([source, type], ['temporal', 'run.terminated']);
      assert.match(
        reason,
        /^its run was terminated by .+ \(a mistake\); it went on from its record$/,
      );
      assert.ok((await place.metric('payonce_runs_restarted_total')) > 0);
      assert.equal(await place.metric('payonce_orders_without_run'), 0);
    });

    it('loses nothing that was accepted while no worker was there', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await capture(paymentId);
      await untilSettled(place.shop, id, 'paid');
      const refund = { 'idempotency-key': randomUUID(), prefer: 'wait=0' };
      place.stack.kill('worker', 'SIGSTOP');
      try {
        const path = `/v1/orders/${id}/refunds`;
        const { status, body } = await place.shop.call('POST', path, {}, refund);
        assert.equal(status, 202, JSON.stringify(body));
        await place.temporal('workflow', 'terminate', '--workflow-id', id);
      } finally {
        // The task that it has in its hands is lost with it; the stack starts another one.
        place.stack.kill('worker', 'SIGKILL');
      }
      const order = await untilOrder(
        place.shop,
        id,
        ({ state }) => state === 'refunded',
        'refunded',
      );
      assert.equal(order.refunds.length, 1);
    });

    it('in the middle of a backlog loses nothing of it', async () => {
      const id = await givenOrder(place.shop);
      const handle = place.client.workflow.getHandle(id);
      const ids = Array.from({ length: BACKLOG }, (_, i) => `backlog-${i + 1}`);
      const taken = async (): Promise<number> => {
        const sql =
          'select distinct event_id from order_events where order_id = $1 and event_id = any($2)';
        return (await place.rows(sql, [id, ids])).length;
      };
      place.stack.kill('worker', 'SIGSTOP');
      await many(BACKLOG, (number) => handle.signal('cancel', { id: `backlog-${number}` }));
      // Another worker comes in place of the one that stood still: docs/reliability.md says why.
      place.stack.kill('worker', 'SIGKILL');
      await pWaitFor(async () => (await taken()) > 0, { ...PATIENCE, interval: 5 });
      await place.temporal('workflow', 'terminate', '--workflow-id', id);
      assert.ok((await taken()) < BACKLOG, 'the run had nothing in memory any more');
      await pWaitFor(async () => (await taken()) === BACKLOG, PATIENCE);
      assert.equal((await readOrder(place.shop, id)).state, 'cancelled');
    });

    it('is followed by what became due meanwhile', async () => {
      const id = await givenOrder(place.shop);
      await place.rows(
        `update orders set ledger = jsonb_set(ledger::jsonb, '{expiresAt}', '1')::json where id = $1`,
        [id],
      );
      await place.temporal('workflow', 'terminate', '--workflow-id', id);
      await untilOrder(place.shop, id, ({ state }) => state === 'failed', 'expired');
    });

    it('leaves an order at rest alone, and cancel of its closed run is OK and does nothing', async () => {
      const id = await givenOrder(place.shop);
      await place.rows('update orders set closed = true where id = $1', [id]);
      await place.temporal('workflow', 'terminate', '--workflow-id', id);
      const other = await givenOrder(place.shop);
      const runId = await place.runIdOf(other);
      await place.temporal('workflow', 'terminate', '--workflow-id', other);
      await untilRunIsNot(other, runId);
      assert.equal(await place.statusOf(id), 'TERMINATED');
      await place.temporal('workflow', 'cancel', '--workflow-id', id);
      assert.equal(await place.statusOf(id), 'TERMINATED');
    });
  });

  describe('a retry that is refused', () => {
    it('begins no run of an order at rest', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await capture(paymentId);
      const order = await untilSettled(place.shop, id, 'paid');
      await place.rows('update orders set closed = true where id = $1', [id]);
      await place.temporal('workflow', 'terminate', '--workflow-id', id);
      for (const key of [order.effects[0]?.key ?? '', 'x']) {
        const path = `/v1/orders/${id}/effects/${encodeURIComponent(key)}/retry`;
        const { status } = await place.shop.call('POST', path, undefined);
        assert.equal(status, 409);
      }
      assert.equal(await place.statusOf(id), 'TERMINATED');
    });
  });

  describe('delete', () => {
    it('is followed by a new run, and money that came meanwhile is found', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      const runId = await place.runIdOf(id);
      await captureUnheard(paymentId);
      await place.temporal('workflow', 'delete', '--workflow-id', id, '--yes');
      await untilRunIsNot(id, runId);
      await assertEverythingOnce(id);
      // The server ends an open run before it deletes it: a look in between sees that one, a later one sees none.
      const seen = new RegExp(`^(?:${runId}|${await place.runIdOf(id)})$`);
      const { type, eventId } = await untilEvent(id, seen);
      assert.equal(type, eventId === runId ? 'run.terminated' : 'run.missing');
    });
  });

  describe('reset', () => {
    /** An order is written down within its task, and shown before that has ended: a reset needs one that has. */
    async function untilTasksHaveEnded(id: string): Promise<void> {
      const hasEnded = async () => {
        const { raw, historyLength } = await place.client.workflow.getHandle(id).describe();
        return raw.pendingWorkflowTask == null && historyLength > BEFORE_THE_FIRST_TASK_ENDS;
      };
      await pWaitFor(hasEnded, PATIENCE);
    }

    async function reset(id: string, ...args: string[]): Promise<void> {
      await untilTasksHaveEnded(id);
      await place.temporal('workflow', 'reset', '--workflow-id', id, '--reason', 'test', ...args);
    }

    async function paidOrder(): Promise<string> {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await capture(paymentId);
      await untilSettled(place.shop, id, 'paid');
      return id;
    }

    async function assertNothingElse(id: string, runId: string): Promise<void> {
      await untilRunIsNot(id, runId);
      await untilEvent(id, new RegExp(`^reset-${runId}$`));
      assert.equal((await untilEvent(id, new RegExp(`^${runId}$`))).type, 'run.reset');
      await assertEverythingOnce(id);
      assert.equal((await readOrder(place.shop, id)).payments.length, 1);
    }

    sideBySide({
      async 'to the first task doubles nothing and loses nothing'() {
        const id = await paidOrder();
        const runId = await place.runIdOf(id);
        await reset(id, '--type', 'FirstWorkflowTask');
        await assertNothingElse(id, runId);
      },

      async 'to the first task without its signals goes on from the record'() {
        const id = await paidOrder();
        const runId = await place.runIdOf(id);
        await reset(id, '--type', 'FirstWorkflowTask', '--reapply-exclude', 'All');
        await assertNothingElse(id, runId);
      },

      async 'to the last task doubles nothing and loses nothing'() {
        const id = await paidOrder();
        const runId = await place.runIdOf(id);
        await reset(id, '--type', 'LastWorkflowTask');
        await assertNothingElse(id, runId);
      },

      async 'to any task of a pending order leaves it payable once'() {
        const { id, paymentId } = await givenPendingOrder(place.shop);
        await untilTasksHaveEnded(id);
        const { events } = await place.client.workflow.getHandle(id).fetchHistory();
        const tasks = (events ?? []).flatMap(
          ({ eventId, workflowTaskCompletedEventAttributes: task }) =>
            task ? [String(eventId)] : [],
        );
        assert.ok(tasks.length > 0);
        const first = await place.client.workflow.getHandle(id).describe();
        for (const eventId of tasks)
          await reset(id, '--event-id', eventId, '--run-id', first.runId);
        await untilRunIsNot(id, first.runId);
        await capture(paymentId);
        await assertEverythingOnce(id);
      },

      async 'makes Temporal forget which signals it has had, and the order knows the repeat'() {
        const id = await paidOrder();
        const runId = await place.runIdOf(id);
        const input = { payloads: [defaultPayloadConverter.toPayload({ id: 'the-same' })] };
        const signal = () =>
          place.client.workflowService.signalWorkflowExecution({
            namespace: place.stack.temporalNamespace,
            workflowExecution: { workflowId: id },
            signalName: 'verify',
            requestId: 'the-same-request',
            input,
          });
        const outcomes = async () =>
          (await place.eventsOf(id))
            .filter(({ eventId }) => eventId === 'the-same')
            .map(({ reason }) => reason);
        for (const _ of [1, 2]) await signal();
        await untilEvent(id, /^the-same$/);
        await reset(id, '--type', 'FirstWorkflowTask');
        // What comes before the new run knows of its reset is laid to the old one, and has no line of its own.
        await assertNothingElse(id, runId);
        await signal();
        await pWaitFor(async () => (await outcomes()).length === 2, PATIENCE);
        assert.deepEqual(await outcomes(), [
          'the order is paid already',
          'the-same was delivered before',
        ]);
      },

      async 'that is sent twice makes two runs, of which one is open, and nothing twice'() {
        const id = await paidOrder();
        const runId = await place.runIdOf(id);
        for (const _ of [1, 2]) await reset(id, '--type', 'FirstWorkflowTask', '--run-id', runId);
        await assertNothingElse(id, runId);
        const query = `WorkflowId = '${id}'`;
        const statuses: string[] = [];
        await pWaitFor(async () => {
          statuses.length = 0;
          for await (const { status } of place.client.workflow.list({ query }))
            statuses.push(status.name);
          return statuses.length === 3;
        }, PATIENCE);
        const ofStatus = (name: string) => statuses.filter((status) => status === name).length;
        assert.deepEqual([ofStatus('RUNNING'), ofStatus('TERMINATED')], [1, 2]);
      },
    });
  });

  describe('pause', () => {
    it('holds the order back, is counted, and unpause lets it go on with all it missed', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await place.temporal('workflow', 'pause', '--workflow-id', id, '--reason', 'test');
      await capture(paymentId);
      await pWaitFor(async () => (await place.metric('payonce_paused_orders')) === 1, PATIENCE);
      const count = (status: string) =>
        place.temporal(
          ...['workflow', 'count'],
          ...['--query', `ExecutionStatus = '${status}' AND WorkflowId = '${id}'`],
        );
      assert.match(await count('Running'), /Total: 0/);
      assert.match(await count('Paused'), /Total: 1/);
      assert.equal((await readOrder(place.shop, id)).state, 'pending');
      assert.equal(await place.metric('payonce_orders_without_run'), 0);
      await place.temporal('workflow', 'unpause', '--workflow-id', id);
      await assertEverythingOnce(id);
      await pWaitFor(async () => (await place.metric('payonce_paused_orders')) === 0, PATIENCE);
    });
  });

  describe('signal as a batch', () => {
    it('is taken up once by each order', async () => {
      const orders = await Promise.all([1, 2].map(() => givenPendingOrder(place.shop)));
      const query = `WorkflowId IN (${orders.map(({ id }) => `'${id}'`).join(', ')})`;
      await pWaitFor(
        async () => (await place.temporal('workflow', 'count', '--query', query)).includes('2'),
        PATIENCE,
      );
      for (const { paymentId } of orders) await captureUnheard(paymentId);
      await place.temporal(
        ...['workflow', 'signal', '--query', query, '--name', 'verify'],
        ...['--input', '{"id": "batch-1"}', '--reason', 'test', '--yes'],
      );
      for (const { id } of orders) {
        await assertEverythingOnce(id);
        const events = await place.eventsOf(id);
        assert.equal(events.filter(({ eventId }) => eventId === 'batch-1').length, 1);
      }
    });
  });

  describe('update-options', () => {
    it('to a version that no worker polls is refused by the server', async () => {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      await assert.rejects(
        place.temporal(
          ...['workflow', 'update-options', '--workflow-id', id],
          ...['--versioning-override-behavior', 'pinned'],
          ...['--versioning-override-deployment-name', 'payonce'],
          ...['--versioning-override-build-id', 'never'],
        ),
        /not present in task queue/,
      );
      await capture(paymentId);
      await assertEverythingOnce(id);
    });
  });

  describe('of an activity', () => {
    /** The CRM is away, so the effect waits for its next try. */
    async function betweenTwoTries(): Promise<{ id: string; activity: string[] }> {
      const { id, paymentId } = await givenPendingOrder(place.shop);
      place.crm.answerWith(id, 503);
      await capture(paymentId);
      const activityId = await place.untilRetried(id, 'updateCrm');
      return { id, activity: ['--workflow-id', id, '--activity-id', activityId] };
    }

    const requestsOf = (id: string) =>
      place.crm.requests.filter(({ orderId }) => orderId === id).length;

    it('complete ends the effect as done, whatever the result, and the CRM is not asked again', async () => {
      const { id, activity } = await betweenTwoTries();
      await place.temporal('activity', 'complete', ...activity, '--result', 'null');
      const order = await untilSettled(place.shop, id, 'paid');
      assert.deepEqual(
        order.effects.filter(({ effect }) => effect === 'update_crm').map(({ status }) => status),
        ['done'],
      );
    });

    it('fail is refused between two tries', async () => {
      const { id, activity } = await betweenTwoTries();
      await assert.rejects(
        place.temporal('activity', 'fail', ...activity, '--reason', 'test'),
        /invalid activityID or activity already timed out/,
      );
      place.crm.answerWith(id, null);
      await assertEverythingOnce(id);
    });

    async function payAgain(id: string): Promise<void> {
      const paymentId = await pWaitFor(async () => {
        const { body } = await place.shop.call<{ id?: string | null }>(
          ...(['POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=10' }] as const),
        );
        return body.id != null && pWaitFor.resolveWith(body.id);
      }, PATIENCE);
      await capture(paymentId);
      await assertEverythingOnce(id);
    }

    it('fail of a running gateway call is a refusal, and the next click is a new attempt', async () => {
      const id = await duringCall((activity) =>
        place.temporal('activity', 'fail', ...activity, '--reason', 'test'),
      );
      await untilOrder(
        place.shop,
        id,
        ({ payments }) => payments[0]?.status === 'failed',
        'refused',
      );
      await payAgain(id);
    });

    it('complete of a running gateway call with another result is no answer', () =>
      payAgain(answeredWrongly));

    it('pause holds the effect back, and unpause does it once', async () => {
      const { id, activity } = await betweenTwoTries();
      await place.temporal('activity', 'pause', ...activity);
      place.crm.answerWith(id, null);
      const { raw } = await place.client.workflow.getHandle(id).describe();
      assert.deepEqual(
        raw.pendingActivities?.map(({ paused }) => paused),
        [true],
      );
      await place.temporal('activity', 'unpause', ...activity);
      await assertEverythingOnce(id);
    });

    it('update-options to fewer tries ends a round of them, of which the details then tell', async () => {
      const { id, activity } = await betweenTwoTries();
      await place.temporal(
        ...['activity', 'update-options', ...activity, '--retry-maximum-attempts', '4'],
      );
      const details = await untilDetails(id, /has been failing/);
      assert.match(
        details,
        /To do:\n\n- `\S+:update_crm:paid-1` has been failing since \S+ \(16 tries, the last one: `[^`]*503[^`]*`\): see the system behind it\. It is tried again by \S+, and every minute\./,
      );
      assert.doesNotMatch(details, /update_crm:paid-1` is under way/);
      const next = await place.untilRetried(id, 'updateCrm');
      place.crm.answerWith(id, null);
      await place.temporal('activity', 'reset', '--workflow-id', id, '--activity-id', next);
      await assertEverythingOnce(id);
      await untilDetails(id, /To do: nothing/);
    });

    async function untilDetails(id: string, pattern: RegExp): Promise<string> {
      return pWaitFor(async () => {
        const handle = place.client.workflow.getHandle(id);
        const told = await handle.query<{ currentDetails?: string }>(
          '__temporal_workflow_metadata',
        );
        const { currentDetails = '' } = told;
        return pattern.test(currentDetails) && pWaitFor.resolveWith(currentDetails);
      }, PATIENCE);
    }

    it('reset tries again at once, under the same key', async () => {
      const { id, activity } = await betweenTwoTries();
      const before = requestsOf(id);
      await place.temporal('activity', 'reset', ...activity);
      await pWaitFor(async () => requestsOf(id) > before, PATIENCE);
      place.crm.answerWith(id, null);
      await assertEverythingOnce(id);
    });
  });
});
