/** What Temporal Cloud would bill, counted from histories that are written down here. */
import assert from 'node:assert/strict';
import { countHistory } from '../../bench/history.ts';

type Events = Parameters<typeof countHistory>[0];

/** Only what the count looks at. */
const events = (...given: Record<string, object>[]): Events => given as Events;

const localActivity = (task: number) => ({
  markerRecordedEventAttributes: {
    markerName: 'core_local_activity',
    workflowTaskCompletedEventId: task,
  },
});

describe('the price of an order', () => {
  it('is one action for its start and for each signal, timer, activity and upsert', () => {
    const history = events(
      { workflowExecutionStartedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { timerStartedEventAttributes: {} },
      { activityTaskScheduledEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: {} },
    );
    assert.deepEqual(countHistory(history), { events: 6, signals: 2, actions: 6 });
  });

  it('is nothing for workflow tasks and for what follows an activity', () => {
    const history = events(
      { workflowTaskScheduledEventAttributes: {} },
      { activityTaskCompletedEventAttributes: {} },
      { timerCanceledEventAttributes: {} },
    );
    assert.deepEqual(countHistory(history), { events: 3, signals: 0, actions: 0 });
  });

  it('is one action for all local activities of one workflow task', () => {
    const history = events(localActivity(4), localActivity(4), localActivity(9));
    assert.equal(countHistory(history).actions, 2);
  });

  it('is nothing for other markers', () => {
    const patch = {
      markerRecordedEventAttributes: { markerName: 'core_patch', workflowTaskCompletedEventId: 4 },
    };
    assert.equal(countHistory(events(patch)).actions, 0);
  });
});
