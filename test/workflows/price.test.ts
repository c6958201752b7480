/** What Temporal bills for an order, counted from a history that a real server has written. */
import assert from 'node:assert/strict';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import pWaitFor from 'p-wait-for';
import { countHistory } from '../../bench/history.ts';
import { QUESTION } from '../../bench/slow-schedule.ts';
import { begunEarly } from '../support/begun-early.ts';
import { givenOrderToAskAbout } from '../support/custom-terms.ts';
import { savedHistories } from '../support/observed/histories.ts';
import { placeAt } from '../support/place.ts';
import { temporalClient } from '../support/temporal.ts';

/** The saved order had a CRM to be told: one activity, and one more task that writes the record. */
const OF_THE_CRM = 2;

describe('an order that is clicked once and paid by one webhook', () => {
  it('is 8 billable actions of Temporal’s, and two more where a CRM has to be told', () => {
    const saved = savedHistories().find(({ workflowId }) => workflowId === 'paid-by-webhook');
    assert.ok(saved);
    const { events } = historyFromJSON(saved.history);
    const { actions, signals } = countHistory(events as Parameters<typeof countHistory>[0]);
    assert.deepEqual({ actions: actions - OF_THE_CRM, signals }, { actions: 8, signals: 2 });
  });
});

/** Long enough for a busy machine to start the run, and short enough to wait for. */
const UNTIL_QUESTION_MS = 15_000;

const aboutToAsk = begunEarly(async () => {
  const { id } = await (await placeAt('sandbox')).paidOrder();
  await givenOrderToAskAbout(id, UNTIL_QUESTION_MS);
  return id;
});

describe('a paid order that asks its gateway by itself', () => {
  it('costs what the bench says for each question', async function () {
    this.timeout(180_000);
    const id = await aboutToAsk();
    const handle = (await temporalClient()).workflow.getHandle(id);
    const events = async () => (await handle.fetchHistory()).events ?? [];
    const timers = (all: Awaited<ReturnType<typeof events>>) =>
      all.flatMap((event, at) => (event.timerStartedEventAttributes ? [at] : []));
    await pWaitFor(async () => timers(await events()).length === 2, {
      interval: 500,
      timeout: UNTIL_QUESTION_MS * 6,
    });
    const all = await events();
    const [first = 0, second = 0] = timers(all);
    // From the timer of this question up to that of the next, and the task that sets it.
    const question = all.slice(first, second) as Parameters<typeof countHistory>[0];
    const calls = question.filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === 'fetchPayments',
    );
    const { events: count, actions } = countHistory(question);
    assert.deepEqual({ events: count, actions, gatewayCalls: calls.length }, QUESTION);
  });
});
