/** The buttons of an order in the console, against the order itself: what is offered is taken, and all that is taken is offered. */
import assert from 'node:assert/strict';
import { deedsOf } from '../../console/parts/deeds-of-order.ts';
import { representOrder } from '../../src/api/orders/represent-order.ts';
import type { CommandEvent } from '../../src/domain/events.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderState, OrderTerms } from '../../src/domain/order.ts';
import { followsPresentRules } from '../../src/domain/rules.ts';
import { outstandingMinor, stateOf } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import { ACCESS_SCENES, HOLDS } from '../support/matrix-access.ts';
import { BY_HAND, CAPTURE_SCENES } from '../support/matrix-captures.ts';
import type { Scenes } from '../support/matrix-rows.ts';
import {
  byHand,
  cancel,
  captureRequest,
  command,
  refundRequest,
  returnedByHand,
  voidRequest,
  writeOff,
} from '../support/order-events.ts';
import { apply, type Happening, ledgerOf } from '../support/order-story.ts';
import type { Life } from '../support/timeline-lives.ts';
import { wholeLives } from '../support/timelines.ts';

/** The smallest thing that a person can ask for with each button. */
const ASKED: Readonly<Record<string, (ledger: Ledger) => CommandEvent>> = {
  Refund: () => refundRequest(1, 'asked'),
  Capture: () => captureRequest(null, 'asked'),
  Void: () => voidRequest('asked'),
  Sync: () => command({ type: 'sync' }, 'asked'),
  Cancel: () => cancel('asked'),
  'Give more time': ({ expiresAt }) =>
    command({ type: 'extend', expiresAt: expiresAt + 8_760 * 3_600_000 }, 'asked'),
  'Write off the rest': (ledger) => writeOff(outstandingMinor(ledger), 1_000_000, 'asked'),
  'Record a payment by hand': () => byHand({ reference: 'asked', amountMinor: 1 }),
  'Record a refund by hand': () => returnedByHand({ reference: 'asked', amountMinor: 1 }),
  'Grant access': () => command({ type: 'access', action: 'grant', note: 'why' }, 'asked'),
  'Revoke access': () => command({ type: 'access', action: 'revoke', note: 'why' }, 'asked'),
};

/** These are about the customer, and no order decides them. */
const OF_CUSTOMERS = ['Correct the e-mail address', 'Erase the customer'];

/** What an order does not show of itself, as it lasts for the moment of a call: the API says so where it is in the way. */
function isUnderWay(ledger: Ledger, refusal: string): boolean {
  const isBeingCancelled = ledger.cancelRequested && stateOf(ledger) !== 'cancelled';
  return ['capture_in_progress', 'authorization_voided'].includes(refusal) || isBeingCancelled;
}

interface Seen {
  name: string;
  ledger: Ledger;
  /** The names of the buttons. */
  offered: string[];
}

function livesOf(all: Record<string, Scenes>, terms: Partial<OrderTerms>): Record<string, Life> {
  const lives = Object.entries(all).flatMap(([row, { before, now }]) =>
    (Object.entries(before) as [OrderState, Happening[]][]).map(([state, happenings]) => [
      `${row}, ${state}, ${Object.keys(terms)}`,
      { terms, before: happenings, now: [now(state)] },
    ]),
  );
  return Object.fromEntries(lives);
}

/** Every order of the specification as it comes to what it is about, and after each thing that happens then. */
function everyOrder(): Seen[] {
  const lives = {
    ...wholeLives(),
    ...livesOf(CAPTURE_SCENES, BY_HAND),
    ...livesOf(ACCESS_SCENES, HOLDS),
  };
  return Object.entries(lives).flatMap(([name, { terms, before, now }]) => {
    const ledgers = [ledgerOf(terms ?? {}, before)];
    for (const happening of now) ledgers.push(apply(ledgers.at(-1) as Ledger, happening).ledger);
    return ledgers.filter(followsPresentRules).map((ledger, i) => ({
      name: `${name} (${i})`,
      ledger,
      offered: offeredFor(ledger),
    }));
  });
}

function offeredFor(ledger: Ledger): string[] {
  const order = representOrder({
    id: ledger.terms.orderId,
    fingerprint: '',
    email: null,
    description: null,
    people: null,
    metadata: {},
    view: viewOf(ledger),
    revision: ledger.revision,
    createdAt: new Date(ledger.terms.createdAt),
    correctedAt: null,
    erasedAt: null,
    startedAt: null,
    closed: ledger.closed,
    duplicates: 0,
    failing: [],
    lostRun: null,
  });
  return deedsOf(overTheWire(order), 'ops').map(({ name }) => name);
}

function overTheWire(order: object): Parameters<typeof deedsOf>[0] {
  return JSON.parse(JSON.stringify(order));
}

/** The code of a refusal; null where the order takes it up. */
function refusalOf(ledger: Ledger, asked: CommandEvent): string | null {
  const record = apply(ledger, asked).records.find(({ eventId }) => eventId === asked.id);
  const { outcome = 'applied', reason, answer } = record ?? {};
  return outcome === 'applied' || outcome === 'review' ? null : (answer?.code ?? reason ?? outcome);
}

describe('the buttons of an order in the console', () => {
  let orders: Seen[];
  before(function () {
    this.timeout(60_000);
    orders = everyOrder();
  });

  for (const [name, ask] of Object.entries(ASKED))
    it(`has "${name}" where the order takes it, and nowhere else`, () => {
      const wrong = orders.flatMap(({ name: life, ledger, offered }) => {
        const isOffered = offered.includes(name);
        const refusal = refusalOf(ledger, ask(ledger));
        if (refusal === null) return isOffered ? [] : [`${life}: taken, and not offered`];
        const isWrong = isOffered && !isUnderWay(ledger, refusal);
        return isWrong ? [`${life}: offered, and refused with ${refusal}`] : [];
      });
      assert.deepEqual(wrong, []);
      assert.ok(orders.some(({ offered }) => offered.includes(name)));
    }).timeout(30_000);

  it('has no others but those about the customer', () => {
    const known = new Set([...Object.keys(ASKED), ...OF_CUSTOMERS]);
    const others = orders.flatMap(({ offered }) => offered.filter((name) => !known.has(name)));
    assert.deepEqual(others, []);
  });
});
