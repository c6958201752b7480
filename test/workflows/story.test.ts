import assert from 'node:assert/strict';
import { workflowDetailsOf } from '../../src/workflows/details/workflow-details.ts';
import { readSignal } from '../../src/workflows/inbox/read-signal.ts';
import { captured, created, pay, TERMS } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, type Happening, ledgerAfter } from '../support/order-story.ts';

const IN_REVIEW: Happening[] = [...IN.cancelled, captured()];

/** What the UI can put into a URL, with room for what escaping adds. */
const MAX_STORY_LENGTH = 4_000;

/** More than these the order refuses. */
const MOST_ATTEMPTS = 20;

/** The line to copy, as an operator would send it. */
function signalIn(story: string): Record<string, unknown> {
  const [, json] = /`(\{ "id".*?\})`/.exec(story) ?? [];
  assert.ok(json, `no signal to copy in:\n${story}`);
  return JSON.parse(json) as Record<string, unknown>;
}

describe("an order's story in the Temporal UI", () => {
  it('says that there is nothing to do, and what comes next', () => {
    const story = workflowDetailsOf(ledgerAfter(...IN.pending));
    assert.match(story, /^\*\*pending\*\*/);
    assert.match(story, /To do: nothing/);
    assert.match(story, /Next:\n\n- asks the gateway again at 2026-/);
  });

  it('tells of an effect that has failed for long: last error, tries and next try', () => {
    const ledger = ledgerAfter(...IN.paid);
    const key = 'ord_1:update_crm:paid-1';
    const failing = { since: 0, tries: 16, error: 'the CRM answered 503', nextTryAt: 660_000 };
    const story = workflowDetailsOf(ledger, new Map([[key, failing]]));
    assert.ok(
      story.includes(
        `- \`${key}\` has been failing since 1970-01-01T00:00:00.000Z (16 tries, the last one: \`the CRM answered 503\`): see the system behind it. It is tried again by 1970-01-01T00:11:00.000Z, and every minute.`,
      ),
      story,
    );
    assert.ok(!story.includes(`${key}\` is under way`));
    assert.doesNotMatch(story, /To do: nothing/);
  });

  it('writes money with its decimals', () => {
    const story = workflowDetailsOf(ledgerAfter(...IN.paid));
    assert.match(story, /Money: 1\.00 INR of 1\.00 INR captured, through sandbox/);
    assert.match(story, /captured, 1\.00 INR, attempt 1/);
  });

  it('offers the decision of a review as a signal that the order takes', () => {
    const ledger = ledgerAfter(...IN_REVIEW);
    const payload = signalIn(workflowDetailsOf(ledger));
    const event = readSignal({ signal: 'review', payload }, TERMS.expiresAt);
    const { records, ledger: after } = apply(ledger, event);
    assert.equal(records[0]?.outcome, 'applied');
    assert.match(workflowDetailsOf(after), /^\*\*paid\*\*.*\n\nTo do: nothing/);
  });

  it('names the facts that a review is about', () => {
    const story = workflowDetailsOf(ledgerAfter(...IN_REVIEW));
    assert.match(story, /`paid_after_cancel`, about `payment\.captured:cap_1`\./);
  });

  it('says what approving and what rejecting does', () => {
    const story = workflowDetailsOf(ledgerAfter(...IN_REVIEW));
    assert.match(
      story,
      /Approve: the cancellation is lifted[^.]*\. Reject: the money is refunded\./,
    );
  });

  it('offers a new id after a decision that was refused, or the next one would be a repeat', () => {
    const ledger = ledgerAfter(...IN_REVIEW);
    const first = signalIn(workflowDetailsOf(ledger));
    const stale = readSignal({ signal: 'review', payload: { ...first, version: 1 } }, 0);
    const after = apply(ledger, stale).ledger;
    const second = signalIn(workflowDetailsOf(after));
    assert.notEqual(second.id, first.id);
    const event = readSignal({ signal: 'review', payload: second }, TERMS.expiresAt);
    assert.equal(apply(after, event).records[0]?.outcome, 'applied');
  });

  it('shows ids from outside as code, whatever is in them', () => {
    const id = '`![x](https://elsewhere.example/a.png)`';
    const story = workflowDetailsOf(ledgerAfter(pay(), created(id)));
    assert.ok(story.includes('elsewhere.example'));
    assert.doesNotMatch(story.replaceAll(/`[^`]*`/g, ''), /elsewhere/);
  });

  it('stays short, however many payments an order has', () => {
    const attempts = Array.from({ length: MOST_ATTEMPTS }, (_, i) => [
      pay(i + 1),
      created(`pay_${i + 1}`, i + 1, 'failed'),
    ]);
    const story = workflowDetailsOf(ledgerAfter(...attempts.flat()));
    assert.match(story, /and 14 more/);
    assert.ok(story.length < MAX_STORY_LENGTH, `${story.length} characters`);
  });

  it('does not name the customer', () => {
    for (const happenings of [...Object.values(IN), IN_REVIEW])
      assert.ok(!workflowDetailsOf(ledgerAfter(...happenings)).includes(TERMS.customerId));
  });
});
