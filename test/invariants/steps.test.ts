/** Each invariant of a step holds for one that the order takes, and reports what breaks it. */
import assert from 'node:assert/strict';
import { type Ledger, openLedger, type RefundRequest } from '../../src/domain/ledger.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import { captured, command, dispute, TERMS } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { ledgerAfter } from '../support/order-story.ts';
import { checkStep } from './steps.ts';

const pending = (): Ledger => structuredClone(ledgerAfter(...IN.pending));
const paid = (): Ledger => structuredClone(ledgerAfter(...IN.paid));
const cancelled = (): Ledger => structuredClone(ledgerAfter(...IN.cancelled));

/** As if this ledger had come of the other in one step that counts. */
function after(before: Ledger, ledger: Ledger): Transition {
  const { revision, recorded, version } = before;
  return {
    ledger: { ...ledger, revision: revision + 1, recorded, version: version + 1 },
    records: [],
    effects: [],
  };
}

const REQUEST: RefundRequest = {
  requestKey: 'key_1',
  paymentId: 'pay_1',
  amountMinor: TERMS.amountMinor + 1,
  currency: TERMS.currency,
  status: 'requested',
  refundId: null,
  reason: null,
  createdAt: 0,
  parentKey: 'key_1',
};

const BREAKS: [rule: string, what: string, step: () => [Ledger, Transition]][] = [
  [
    'versions rise',
    'a version falls',
    () => [{ ...paid(), version: 99, revision: 0 }, after(pending(), paid())],
  ],
  [
    'every step is counted',
    'the revision stays',
    () => [paid(), { ledger: paid(), records: [], effects: [] }],
  ],
  [
    'outcomes are numbered without gaps',
    'an outcome is missing',
    () => {
      const step = after(paid(), paid());
      return [paid(), { ...step, ledger: { ...step.ledger, recorded: 99 } }];
    },
  ],
  [
    'who has paid has access',
    'a paid order has none',
    () => [pending(), after(pending(), { ...paid(), access: { granted: false, epoch: 0 } })],
  ],
  [
    'nobody has access for nothing',
    'a cancelled order has it',
    () => [
      cancelled(),
      after(cancelled(), { ...cancelled(), access: { granted: true, epoch: 1 } }),
    ],
  ],
  [
    'a decision stands',
    'what a person has revoked is granted',
    () => [
      paid(),
      after(paid(), { ...paid(), access: { granted: true, epoch: 2, byHand: 'revoked' } }),
    ],
  ],
  [
    'nobody has what a bank may take back',
    'a disputed order keeps what is to be held',
    () => {
      const disputed = structuredClone(ledgerAfter(...IN.paid, dispute('opened')));
      const terms = { ...TERMS, holdsAccessWhileDisputed: true } as const;
      return [disputed, after(disputed, { ...disputed, terms })];
    },
  ],
  [
    'a new state is a new version',
    'the state changes and the version does not',
    () => {
      const step = after(pending(), paid());
      return [pending(), { ...step, ledger: { ...step.ledger, version: pending().version } }];
    },
  ],
  [
    'only a person brings back what was over',
    'a cancelled order is pending again',
    () => [cancelled(), after(cancelled(), pending())],
  ],
  [
    'one attempt at a time',
    'a second attempt begins while the first is open',
    () => {
      const [first] = pending().attempts;
      assert.ok(first);
      const attempts = [first, { ...first, number: 2, paymentId: 'pay_2' }];
      return [pending(), after(pending(), { ...pending(), attempts })];
    },
  ],
  [
    'no more refunds than money',
    'more is promised than was captured',
    () => [paid(), after(paid(), { ...paid(), refundRequests: { key_1: REQUEST } })],
  ],
  [
    'the ledger stays small',
    'it remembers every event',
    () => {
      const seen = Array.from({ length: 513 }, (_, i) => `evt_${i}`);
      return [paid(), after(paid(), { ...paid(), seen })];
    },
  ],
];

describe('the invariants of a step', () => {
  it('hold for a click and for a capture', () => {
    const opened = openLedger(TERMS);
    checkStep(opened, transition(opened, command({ type: 'pay' })));
    checkStep(pending(), transition(pending(), captured()));
  });

  for (const [rule, what, step] of BREAKS)
    it(`are broken when ${what}: ${rule}`, () => {
      const [before, then] = step();
      assert.throws(() => checkStep(before, then), { rule });
    });
});
