/**
 * What the saved histories have to be about follows from the code: a new state, row, signal, deadline,
 * activity or kind of review without a history fails here, by its name.
 */
import assert from 'node:assert/strict';
import { generatedDocuments } from '../../scripts/generate.ts';
import type { EffectActivities } from '../../src/activities/business-effect.ts';
import type { Activities } from '../../src/activities/index.ts';
import { activityOf } from '../../src/activities/policies.ts';
import type { SettlementDayActivities } from '../../src/activities/settlement-days.ts';
import { BUSINESS_EFFECTS, type GatewayCall } from '../../src/domain/effects/effects.ts';
import type { DeadlineName } from '../../src/domain/events.ts';
import { ORDER_STATES } from '../../src/domain/order.ts';
import { REVIEW_REASONS, type ReviewReason } from '../../src/domain/reviews/reasons.ts';
import { type Row, TABLE } from '../../src/domain/table.ts';
import { adviceFor } from '../../src/workflows/details/review-advice.ts';
import { type OrderInput, SIGNALS } from '../../src/workflows/inbox/messages.ts';
import {
  beQuiet,
  type SavedHistory,
  savedHistories,
  whatIsIn,
} from '../support/observed/histories.ts';

const FEWEST_HISTORIES = 40;
const NOTHING_CHANGES = 'noted, nothing changes';

/** The compiler keeps these lists as long as the types are. */
const BEGINNINGS: Record<OrderInput['from'], true> = { start: true, record: true, carried: true };
const DEADLINES: Record<DeadlineName, boolean> = {
  expiry: true,
  authorization: true,
  poll: true,
  // It comes after a day at the earliest, which no history is recorded for.
  sync: false,
  settlement: true,
};
const CALLS: Record<GatewayCall['effect'], string[]> = {
  create_payment: ['answered', 'refused', 'unanswered'],
  // A question is never refused for good: what cannot be answered now is asked again.
  fetch_payments: ['answered', 'unanswered'],
  capture_payment: ['answered', 'refused', 'unanswered'],
  void_payment: ['answered', 'refused', 'unanswered'],
  refund_payment: ['answered', 'refused', 'unanswered'],
};
const OTHER_ACTIVITIES: Record<
  // Days of settlements have workflows, and a history, of their own.
  Exclude<keyof Activities, keyof EffectActivities | keyof SettlementDayActivities>,
  'inside the task' | 'beside the loop'
> = {
  takeStep: 'inside the task',
  createPayment: 'beside the loop',
  fetchPayments: 'beside the loop',
  capturePayment: 'beside the loop',
  voidPayment: 'beside the loop',
  refundPayment: 'beside the loop',
  writeRecord: 'beside the loop',
  loadRecord: 'beside the loop',
};
const ACTIVITIES = {
  ...OTHER_ACTIVITIES,
  ...Object.fromEntries(BUSINESS_EFFECTS.map((name) => [activityOf(name), 'beside the loop'])),
};

/** The sandbox gives nothing back of a payment that it holds for unpaid. */
const NEVER_OPENED: ReviewReason[] = ['refund_without_capture'];

/** Moments that no scenario can be made to meet: calls that cross, days that pass, keys that a gateway refuses. */
const NOT_RECORDED: Row[] = [
  'pay.unanswered.misconfigured',
  'pay.repeated.misconfigured',
  'pay.opened.superseded',
  'pay.opened.unwanted',
  'void.answered.failed',
  'refund.succeeded.uncaptured',
  'refund.failed.held',
  'refund.flip.early',
  'dispute.flip.early',
  // Callers and gateways name a payment, or an attempt was made.
  'verify.requested.stranger.no_attempt',
  'sync.reached',
  'review.rejected.unvoided.cancelling',
];

/** The money of a refunded order is reversed as well, and then it is decided that it was not refunded. */
const NEVER_TRAVELLED = ['refunded → pending', 'refunded → failed'];

/** Workers that die, answers that never come, a signal in the moment of the close, and how runs end. */
const EVENTS = [
  'WORKFLOW_TASK_TIMED_OUT',
  'WORKFLOW_TASK_FAILED',
  'ACTIVITY_TASK_TIMED_OUT',
  'ACTIVITY_TASK_FAILED',
  'TIMER_FIRED',
  'TIMER_CANCELED',
  'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
  'WORKFLOW_EXECUTION_COMPLETED',
  'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
];

const NEEDED: Record<string, string[]> = {
  'every way in which a run begins': Object.keys(BEGINNINGS).map((from) => `begun from ${from}`),
  'every signal': Object.keys(SIGNALS).map((name) => `signal ${name}`),
  'every deadline': Object.entries(DEADLINES).flatMap(([name, isRecorded]) =>
    isRecorded ? [`deadline ${name}`] : [],
  ),
  'every state': ORDER_STATES.map((state) => `state ${state}`),
  'every way from state to state': arrows().filter((way) => !NEVER_TRAVELLED.includes(way)),
  'every row of the decision table': Object.keys(TABLE)
    .filter((row) => !(NOT_RECORDED as string[]).includes(row))
    .map((row) => `row ${row}`),
  'every reason for a review': REVIEW_REASONS.filter(
    (reason) => !NEVER_OPENED.includes(reason),
  ).map((reason) => `review ${reason} open`),
  'every decision that does something': REVIEW_REASONS.flatMap(decisionsOn),
  'every answer of a gateway, and its silence': Object.entries(CALLS).flatMap(([call, answers]) =>
    answers.map((answer) => `${call} ${answer}`),
  ),
  'every activity, where it runs': Object.entries(ACTIVITIES).map(
    ([name, where]) => `${name} ${where}`,
  ),
  'everything that can come of a step': [
    'step that was done',
    'step that left something to do',
    'step without a record',
    'step behind a lost task',
  ],
  'everything that can happen to a run': EVENTS.map((name) => `EVENT_TYPE_${name}`),
};

describe('the saved histories', function () {
  this.timeout(180_000);
  let saved: SavedHistory[];
  let seen: Set<string>;

  before(async () => {
    beQuiet();
    saved = savedHistories();
    seen = await whatIsIn(saved);
  });

  it(`are ${FEWEST_HISTORIES} at least`, () => {
    assert.ok(saved.length >= FEWEST_HISTORIES, `only ${saved.length}`);
  });

  it('leave out no more rows than they have to', () => {
    assert.deepEqual(
      NOT_RECORDED.filter((row) => seen.has(`row ${row}`)),
      [],
    );
  });

  for (const [what, notes] of Object.entries(NEEDED))
    it(`tell ${what}`, () => {
      const missing = notes.filter((note) => !seen.has(note));
      const advice = 'add a scenario to test/support/scenarios and run npm run histories:record';
      assert.deepEqual(missing, [], `no history tells ${missing.join(', ')}: ${advice}`);
    });
});

/** As the diagram has them, which is made from the table. */
function arrows(): string[] {
  const [document] = generatedDocuments();
  const found = (document?.text ?? '').matchAll(/^ {2}(\w+) --> (\w+):/gm);
  return [...found].map(([, from, to]) => `${from} → ${to}`);
}

function decisionsOn(reason: ReviewReason): string[] {
  const [, approving, rejecting] = /Approve: (.*)\. Reject: (.*)\.$/.exec(adviceFor(reason)) ?? [];
  return [
    ...(approving === NOTHING_CHANGES ? [] : [`review ${reason} approved`]),
    ...(rejecting === NOTHING_CHANGES ? [] : [`review ${reason} rejected`]),
  ];
}
