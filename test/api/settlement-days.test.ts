/** Days from gateways' APIs over HTTP, on the command line and by Temporal's schedule, against the real stack. */
import assert from 'node:assert/strict';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { createReconciliations } from '../../src/api/temporal/reconciliations.ts';
import { runCli } from '../../src/cli/run.ts';
import { SCHEDULE } from '../../src/store/settlements/days.ts';
import { DAILY_WORKFLOW, dayWorkflowId, scheduleId } from '../../src/workflows/reconciliation.ts';
import { ApiError } from '../fakes/stripe/api-error.ts';
import { charge } from '../fakes/stripe/balance.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import type { FakeStripe } from '../fakes/stripe/fake-stripe.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { AMOUNT, openShop, type Problem, type Shop, untilSettled } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

interface Day {
  gateway: string;
  date: string;
  state: string;
  tries: number;
  problem: string | null;
  importId: string | null;
  requestedBy: string;
}

const DAY_MS = 24 * 60 * 60_000;
const WAIT = { prefer: 'wait=30' };
const DAYS = '/v1/settlements/days';

const YES_OR_NO = [() => true, () => false] as const;

/** Days of the past that no other test of the run asks for. */
const daysBefore = (count: number): string =>
  new Date(Date.now() - count * DAY_MS).toISOString().slice(0, 10);

describe('days from gateways’ APIs', function () {
  this.timeout(180_000);
  let stack: SharedStack;
  let shop: Shop;
  let stripe: FakeStripe;

  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
    stripe = stripeBehind(stack.gateways.stripe);
  });
  afterEach(() => stripe.balance.clear());

  const noon = (date: string): number => Date.parse(`${date}T12:00:00Z`) / 1_000;
  const ask = (body: object) => shop.call<Day & Problem>('POST', DAYS, body, WAIT);

  async function payonce(...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const env = { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops };
    const terminal = {
      env,
      out: (text: string) => out.push(text),
      err: (t: string) => err.push(t),
    };
    const code = await runCli(args, terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  it('are imported when somebody asks, and asked once', async () => {
    const id = await givenOwnOrder({ gateway: 'stripe' });
    const attempt = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    stripe.account.confirm(attempt.body.id);
    await untilSettled(shop, id, 'paid');
    const date = daysBefore(40);
    const source = {
      ...{ id: 'ch_day', object: 'charge', amount: AMOUNT, currency: 'inr' },
      payment_intent: attempt.body.id,
    };
    stripe.balance.move(
      charge('day', { amount: AMOUNT, currency: 'inr', created: noon(date), source }),
    );
    const first = await ask({ gateway: 'stripe', date });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.equal(first.body.state, 'imported');
    const again = await ask({ gateway: 'stripe', date });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(again.body.state, 'imported', 'also while the run of before was closing');
    assert.equal(again.body.importId, first.body.importId);
    const differences = await shop.call<{ differences: unknown[] }>(
      'GET',
      `/v1/settlements/differences?state=open&orderId=${id}`,
    );
    assert.deepEqual(differences.body.differences, []);
  });

  it('that failed say why, on the command line too', async () => {
    const date = daysBefore(41);
    stripe.balance.move(charge('odd', { created: noon(date), reporting_category: 'barter' }));
    const asked = await payonce('reconcile', '--gateway', 'stripe', '--date', date);
    assert.equal(asked.code, 1);
    assert.match(asked.err, /“barter” is not known/);
    const listed = await payonce('settlement-days', '--state', 'failed');
    assert.equal(listed.code, 0);
    assert.match(listed.out, new RegExp(`stripe +${date} +failed +1 .*barter`));
    const { body } = await shop.call<{ days: Day[] }>('GET', `${DAYS}?gateway=stripe&date=${date}`);
    assert.deepEqual(
      body.days.map(({ state, importId }) => [state, importId]),
      [['failed', null]],
    );
  });

  it('are tried again after an outage, and a person sees that meanwhile', async () => {
    const date = daysBefore(42);
    stripe.balance.move(charge('after-outage', { created: noon(date) }));
    const down = new ApiError(503, { type: 'api_error', message: 'Try again later' }, false);
    stripe.balance.breakAtCall(1, down);
    const { body } = await ask({ gateway: 'stripe', date });
    assert.equal(body.state, 'imported');
    assert.equal(body.tries, 2);
    assert.equal(body.problem, null);
  });

  it('are refused before they are over, without a gateway, and of one without such an API', async () => {
    const today = await ask({ gateway: 'stripe', date: daysBefore(0) });
    assert.equal(today.status, 422);
    assert.match(JSON.stringify(today.body), /\/date.*is not over yet in UTC/);
    const sandbox = await ask({ gateway: 'sandbox', date: daysBefore(1) });
    assert.equal(sandbox.status, 422);
    assert.match(sandbox.body.detail ?? '', /stripe, razorpay alone/);
    const unreal = await ask({ gateway: 'stripe', date: '2026-02-30' });
    assert.equal(unreal.status, 422);
    for (const date of ['0000-01-01', '1999-12-31']) {
      const early = await ask({ gateway: 'stripe', date });
      assert.equal(early.status, 422);
      assert.match(JSON.stringify(early.body), /\/date.*must be a date such as 2026-01-31/);
      assert.equal((await shop.call('GET', `${DAYS}?date=${date}`)).status, 422);
    }
    const alone = await payonce('reconcile', '--date', daysBefore(1));
    assert.equal(alone.code, 2);
    assert.match(alone.err, /belong together/);
  });

  describe('by a schedule', () => {
    const dailyOf = (gateway: string) => ({
      ...{ gateway, zone: 'UTC', account: '', requestedBy: SCHEDULE },
      terms: { reportedWithinDays: 7, fees: [] },
    });

    it('that nobody makes for a gateway that the settings do not name', async () => {
      const { schedule } = await temporalClient();
      for (const gateway of ['stripe', 'razorpay'])
        await assert.rejects(schedule.getHandle(scheduleId(gateway)).describe(), {
          name: 'ScheduleNotFoundError',
        });
    });

    it('that follows the settings, stays paused where somebody has paused it, and ends when it is off', async () => {
      const client = await temporalClient();
      const schedules = createReconciliations(client);
      const daily = dailyOf('tried');
      const handle = client.schedule.getHandle(scheduleId('tried'));
      const told = await Promise.all([schedules.declare(daily), schedules.declare(daily)]);
      assert.deepEqual(new Set(told), new Set(['created', 'unchanged']));
      assert.equal(await schedules.declare(daily), 'unchanged');
      await handle.pause('while the gateway moves');
      assert.equal(await schedules.declare({ ...daily, zone: 'Europe/Berlin' }), 'changed');
      const { spec, state, action, policies } = await handle.describe();
      assert.equal(policies.overlap, ScheduleOverlapPolicy.BUFFER_ONE);
      assert.equal(action.workflowType, DAILY_WORKFLOW);
      assert.equal(spec.timezone, 'Europe/Berlin');
      assert.deepEqual([state.paused, state.note], [true, 'while the gateway moves']);
      assert.deepEqual(action.args, [{ ...daily, zone: 'Europe/Berlin' }]);
      await schedules.remove('tried');
      await assert.rejects(handle.describe(), { name: 'ScheduleNotFoundError' });
      await schedules.remove('tried');
    });

    it('whose run fetches yesterday, each day by a run of its own', async () => {
      const date = daysBefore(1);
      stripe.balance.move(charge('yesterday', { created: noon(date) }));
      const client = await temporalClient();
      const schedules = createReconciliations(client);
      // The APIs here end it when they look, as their settings do not name the gateway.
      const isTriggered = async () => {
        await schedules.declare(dailyOf('stripe'));
        return client.schedule
          .getHandle(scheduleId('stripe'))
          .trigger()
          .then(...YES_OR_NO);
      };
      await pWaitFor(isTriggered, { interval: 200, timeout: 30_000 });
      const isThere = async () => {
        const { body } = await shop.call<{ days: Day[] }>(
          'GET',
          `${DAYS}?gateway=stripe&date=${date}`,
        );
        return body.days[0]?.state === 'imported';
      };
      await pWaitFor(isThere, { interval: 200, timeout: 60_000 });
      await schedules.remove('stripe');
      const day = client.workflow.getHandle(dayWorkflowId({ gateway: 'stripe', day: date }));
      assert.deepEqual(await day.result(), {
        ...{ state: 'imported', lines: 1, newLines: 1 },
      });
    });
  });
});
