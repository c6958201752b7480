/** The buttons of an order in the console, against the order itself: what is offered is taken, and all that is taken is offered. */
import assert from 'node:assert/strict';
import type { Deed } from '../../console/parts/deeds.ts';
import { deedsOf, type Rights } from '../../console/parts/deeds-of-order.ts';
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
  returnedByHand,
  voidRequest,
  writeOff,
} from '../support/order-events.ts';
import { apply, type Happening, ledgerOf } from '../support/order-story.ts';
import type { Life } from '../support/timeline-lives.ts';
import { wholeLives } from '../support/timelines.ts';

const MUCH = { INR: 1_000_000 };

/** Those who look at an order: as the settings are where nothing is set, and with limits. */
const PEOPLE = {
  support: { scope: 'support', refundLimits: {}, writeOffLimits: {} },
  'support with a limit': { scope: 'support', refundLimits: { INR: 50 }, writeOffLimits: {} },
  'support with a high limit': { scope: 'support', refundLimits: MUCH, writeOffLimits: {} },
  ops: { scope: 'ops', refundLimits: null, writeOffLimits: {} },
  'ops with a limit': { scope: 'ops', refundLimits: null, writeOffLimits: { INR: 60 } },
  'ops with a high limit': { scope: 'ops', refundLimits: null, writeOffLimits: MUCH },
} as const satisfies Record<string, Rights>;

type Person = keyof typeof PEOPLE;

/** What a button sends of itself, without what is filled in. */
interface Body {
  amount?: number;
  action?: 'grant' | 'revoke';
  orderVersion?: number;
}

/** What `POST` of each button asks of the order, as the API puts it. */
const ASKED: Readonly<
  Record<string, (ledger: Ledger, body: Body, rights: Rights) => CommandEvent>
> = {
  Refund: ({ terms }, { amount }, { refundLimits }) => {
    const asked = amount === undefined ? {} : { amountMinor: amount };
    const limit = refundLimits && { limitMinor: refundLimits[terms.currency] ?? 0 };
    return command({ type: 'refund', requestKey: 'asked', ...asked, ...limit }, 'asked');
  },
  Capture: (_, { amount = null }) => captureRequest(amount, 'asked'),
  Void: () => voidRequest('asked'),
  Sync: () => command({ type: 'sync' }, 'asked'),
  Cancel: () => cancel('asked'),
  'Give more time': ({ expiresAt }) =>
    command({ type: 'extend', expiresAt: expiresAt + 8_760 * 3_600_000 }, 'asked'),
  'Write off the rest': ({ terms }, { amount = 0 }, { writeOffLimits }) =>
    writeOff(amount, writeOffLimits[terms.currency] ?? 0, 'asked'),
  'Record a payment by hand': () => byHand({ reference: 'asked', amountMinor: 1 }),
  'Record a refund by hand': () => returnedByHand({ reference: 'asked', amountMinor: 1 }),
  'Grant access': (_, { action = 'grant' }) =>
    command({ type: 'access', action, note: 'why' }, 'asked'),
  'Revoke access': (_, { action = 'revoke' }) =>
    command({ type: 'access', action, note: 'why' }, 'asked'),
};

/** The least that a person can send where there is no button. */
const LEAST: Readonly<Record<string, (ledger: Ledger) => Body>> = {
  Refund: () => ({ amount: 1 }),
  'Write off the rest': (ledger) => ({ amount: outstandingMinor(ledger) }),
};

/** Of the others the API refuses the scope. */
const OF_SUPPORT = ['Refund'];

/** These are about the customer, and no order decides them. */
const OF_CUSTOMERS = ['Correct the e-mail address', 'Erase the customer'];

/** What an order does not show of itself, as it lasts for the moment of a call: the API says so where it is in the way. */
function isUnderWay(ledger: Ledger, refusal: string): boolean {
  const isBeingCancelled = ledger.cancelRequested && stateOf(ledger) !== 'cancelled';
  return ['capture_in_progress', 'authorization_voided'].includes(refusal) || isBeingCancelled;
}

interface Seen {
  /** Whose life, how far it has come, and who looks at it. */
  name: string;
  person: Person;
  ledger: Ledger;
  offered: Deed[];
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
    return ledgers
      .filter(followsPresentRules)
      .flatMap((ledger, i) => seenByAll(`${name} (${i})`, ledger));
  });
}

function seenByAll(name: string, ledger: Ledger): Seen[] {
  const order = overTheWire(representationOf(ledger));
  return (Object.keys(PEOPLE) as Person[]).map((person) => ({
    name: `${name}, ${person}`,
    person,
    ledger,
    offered: deedsOf(order, PEOPLE[person]),
  }));
}

function representationOf(ledger: Ledger): object {
  return representOrder({
    id: ledger.terms.orderId,
    fingerprint: '',
    email: null,
    description: null,
    people: null,
    lines: null,
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
}

function overTheWire(order: object): Parameters<typeof deedsOf>[0] {
  return JSON.parse(JSON.stringify(order));
}

/** The code of a refusal by the order; null where it takes it up. */
function refusalOf(ledger: Ledger, asked: CommandEvent): string | null {
  const record = apply(ledger, asked).records.find(({ eventId }) => eventId === asked.id);
  const { outcome = 'applied', reason, answer } = record ?? {};
  return outcome === 'applied' || outcome === 'review' ? null : (answer?.code ?? reason ?? outcome);
}

/** What is wrong with a button that is there, or with its absence; null where nothing is. */
function faultOf(name: string, { person, ledger, offered }: Seen): string | null {
  const rights = PEOPLE[person];
  const deed = offered.find((one) => one.name === name);
  if (rights.scope === 'support' && !OF_SUPPORT.includes(name))
    return deed === undefined ? null : 'offered, and not for support';
  const body: Body = deed === undefined ? (LEAST[name]?.(ledger) ?? {}) : (deed.body ?? {});
  const asked = ASKED[name]?.(ledger, body, rights);
  assert.ok(asked);
  const { orderVersion } = body;
  const seen = orderVersion === undefined ? {} : { orderVersion };
  const refusal = refusalOf(ledger, { ...asked, ...seen });
  if (refusal === null) return deed === undefined ? 'taken, and not offered' : null;
  const isWrong = deed !== undefined && !isUnderWay(ledger, refusal);
  return isWrong ? `offered with ${JSON.stringify(body)}, and refused with ${refusal}` : null;
}

const has =
  (name: string) =>
  ({ offered }: Seen): boolean =>
    offered.some((deed) => deed.name === name);

describe('the buttons of an order in the console', () => {
  let orders: Seen[];
  before(function () {
    this.timeout(60_000);
    orders = everyOrder();
  });

  for (const name of Object.keys(ASKED))
    it(`has "${name}" where the order takes just what it sends, and nowhere else`, () => {
      const wrong = orders.flatMap((seen) => {
        const fault = faultOf(name, seen);
        return fault === null ? [] : [`${seen.name}: ${fault}`];
      });
      assert.deepEqual(wrong, []);
      assert.ok(orders.some(has(name)));
    }).timeout(60_000);

  it('has no others but those about the customer', () => {
    const known = new Set([...Object.keys(ASKED), ...OF_CUSTOMERS]);
    const others = orders.flatMap(({ offered }) => offered.filter(({ name }) => !known.has(name)));
    assert.deepEqual(others, []);
  });

  const namesOf = (isWanted: (deed: Deed, seen: Seen) => boolean): string[] => {
    const wanted = orders.flatMap((seen) => seen.offered.filter((deed) => isWanted(deed, seen)));
    return [...new Set(wanted.map(({ name }) => name))].sort();
  };

  it('say on which version of the order one decides, where the order decides', () => {
    const silent = namesOf(
      ({ consequence }, { ledger }) =>
        !consequence.includes(`You decide on version ${ledger.version} of the order`),
    );
    assert.deepEqual(silent, [...OF_CUSTOMERS, 'Sync'].sort());
  });

  it('send that version where no amount says what was decided', () => {
    const bound = namesOf(
      ({ body = {} }, { ledger }) => (body as Body).orderVersion === ledger.version,
    );
    const byState = ['Cancel', 'Give more time', 'Grant access', 'Revoke access', 'Void'];
    assert.deepEqual(bound, byState);
  });

  describe('of somebody with a limit', () => {
    const amountsOf = (who: Person, name: string): number[] =>
      orders
        .filter(({ person }) => person === who)
        .flatMap(({ offered }) => offered.filter((deed) => deed.name === name))
        .map(({ body }) => (body as { amount: number }).amount);

    it('has no "Refund" and no "Write off the rest" where no limit is set', () => {
      assert.deepEqual(amountsOf('support', 'Refund'), []);
      assert.deepEqual(amountsOf('ops', 'Write off the rest'), []);
    });

    it('has "Refund" with as much as the limit leaves', () => {
      const amounts = amountsOf('support with a limit', 'Refund');
      assert.equal(Math.max(...amounts), 50);
      assert.ok(Math.max(...amountsOf('support with a high limit', 'Refund')) > 50);
    });

    it('has "Write off the rest" where the limit takes all of it', () => {
      const amounts = amountsOf('ops with a limit', 'Write off the rest');
      assert.equal(Math.max(...amounts), 60);
    });
  });
});
