/** What an order keeps of calls that its gateway does not answer. */
import assert from 'node:assert/strict';
import { effectEvent } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import { nextDeadline } from '../../src/domain/schedule/deadlines.ts';
import { transition, transitions } from '../../src/domain/transition.ts';
import { viewOf } from '../../src/domain/view.ts';
import { workflowDetailsOf } from '../../src/workflows/details/workflow-details.ts';
import { TERMS } from '../support/order-events.ts';

const T0 = TERMS.createdAt;
const KEY = `${TERMS.orderId}:create_payment:1`;
const REFUSED = 'Stripe refuses the configured key (HTTP 401): set STRIPE_SECRET_KEY';

const click = (id: string, at: number) => ({ type: 'pay', id, source: 'client', at }) as const;

const unanswered = (at: number, reason: string, code?: 'gateway_misconfigured') =>
  effectEvent(
    { key: KEY, type: 'effect.unanswered', attempts: 1, reason, ...(code && { code }) },
    at,
  );

function clicked(): Ledger {
  return transition(openLedger(TERMS), click('click-1', T0)).ledger;
}

describe('an order whose gateway refuses the configured key', () => {
  const misconfigured = (): Ledger =>
    transition(clicked(), unanswered(T0 + 5, REFUSED, 'gateway_misconfigured')).ledger;

  it('refuses the click with what is wrong', () => {
    const { records } = transition(clicked(), unanswered(T0 + 5, REFUSED, 'gateway_misconfigured'));
    const answered = records.find(({ eventId }) => eventId === 'click-1');
    assert.equal(answered?.outcome, 'rejected');
    assert.equal(answered.answer?.code, 'gateway_misconfigured');
  });

  it('asks nothing else of that gateway at once', () => {
    const event = unanswered(T0 + 5, REFUSED, 'gateway_misconfigured');
    assert.deepEqual(transition(clicked(), event).effects, []);
  });

  it('makes the same attempt again with the next click, under the same key', () => {
    const { effects, ledger } = transition(misconfigured(), click('click-2', T0 + 10));
    assert.deepEqual(
      effects.map(({ key }) => key),
      [KEY],
    );
    assert.equal(ledger.attempts.length, 1);
  });

  it('shows the failure, its tries and the next one, and what there is to do', () => {
    const { ledger } = transitions(misconfigured(), [
      click('click-2', T0 + 10),
      unanswered(T0 + 15, REFUSED, 'gateway_misconfigured'),
    ]);
    const { gatewayFailure } = viewOf(ledger);
    assert.deepEqual(gatewayFailure, {
      code: 'gateway_misconfigured',
      call: 'create_payment',
      since: new Date(T0 + 5).toISOString(),
      tries: 2,
      error: REFUSED,
      nextTryAt: new Date(nextDeadline(ledger)?.at ?? 0).toISOString(),
    });
    const story = workflowDetailsOf(ledger);
    assert.doesNotMatch(story, /To do: nothing/);
    assert.match(story, /refuses the configured key \(HTTP 401\).*Correct the key/);
  });
});

describe('an order whose gateway cannot be reached', () => {
  it('never says that there is nothing to do', () => {
    const { ledger } = transition(clicked(), unanswered(T0 + 5, 'Stripe did not answer'));
    assert.match(
      workflowDetailsOf(ledger),
      /To do:\n\n- sandbox has not answered since .*Stripe did not answer/,
    );
  });

  it('forgets the failure with the next answer, whatever it says', () => {
    const before = transition(clicked(), unanswered(T0 + 5, 'Stripe did not answer')).ledger;
    const key = `${TERMS.orderId}:fetch_payments:1`;
    const { ledger } = transition(
      before,
      effectEvent(
        {
          key,
          type: 'effect.answered',
          attempts: 1,
          answer: { to: 'fetch_payments', payments: [], missing: [] },
        },
        T0 + 10,
      ),
    );
    assert.equal(viewOf(ledger).gatewayFailure, null);
  });
});
