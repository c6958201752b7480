/** What Temporal bills for an order, counted from a history that a real server has written. */
import assert from 'node:assert/strict';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { countHistory } from '../../bench/history.ts';
import { savedHistories } from '../support/observed/histories.ts';

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
