/** How the rows come to pass of an order whose shop captures by hand, at a gateway that captures part by part. */
import type { OrderTerms } from '../../src/domain/order.ts';
import { type Befores, follow, only, SCENES, type Scenes } from './matrix-rows.ts';
import {
  cancel,
  captured,
  captureRequest,
  created,
  decide,
  pay,
  payment,
  reached,
  refund,
  refused,
  snapshot,
  told,
  unanswered,
  verify,
  voidRequest,
  writeOff,
} from './order-events.ts';
import { another, IN } from './order-states.ts';
import type { Happening } from './order-story.ts';

const DAY_MS = 86_400_000;

export const BY_HAND: Partial<OrderTerms> = {
  manualCapture: { takes: 'parts', heldForMs: DAY_MS },
};

/** The customer has authorized it, and the gateway holds the money. */
export const HELD: Happening[] = [...IN.pending, payment('authorized')];
/** A part was captured, and the gateway holds the rest. */
export const PART_TAKEN: Happening[] = [...HELD, captured(40)];

const CAPTURABLE: Befores = { pending: HELD, partially_paid: PART_TAKEN };

const SECOND: Happening[] = [pay(2), created('pay_2', 2)];
const MISMATCHED: Happening[] = [...another(), payment('authorized', 'pay_2', { amountMinor: 50 })];

/** Authorized for another amount than it was asked for: first a person decides. */
const IN_REVIEW: Befores = {
  initiated: [verify('pay_2'), told(snapshot('authorized', 'pay_2', { amountMinor: 70 }))],
  paid: [...IN.pending, ...MISMATCHED, captured()],
  failed: [...IN.failed, ...MISMATCHED],
  cancelled: [
    ...IN.partially_paid,
    ...MISMATCHED,
    reached('expiry'),
    decide('reject', 'partial_expired'),
  ],
  refunded: [...IN.partially_paid, ...MISMATCHED, refund('succeeded', 40)],
};

/** Held once, and let go of. */
function ended(word: 'voided' | 'expired'): Befores {
  const end = payment(word);
  const paid = [...HELD, end, ...SECOND, captured(100, 'cap_2', 'pay_2')];
  return {
    pending: [...HELD, end, ...SECOND],
    partially_paid: [...PART_TAKEN, end],
    paid,
    failed: [...HELD, end],
    cancelled: [...HELD, end, cancel()],
    refunded: [...paid, refund('succeeded', 100, 'ref_1', 'pay_2')],
  };
}

/** Held, and a void of it was asked for before and not answered, where the order wants no money. */
const LET_GO: Befores = {
  ...IN_REVIEW,
  ...CAPTURABLE,
  paid: [
    ...HELD,
    ...another(),
    captured(100, 'cap_2', 'pay_2'),
    unanswered('void_payment', 'pay_1'),
  ],
  cancelled: [
    ...IN.cancelled,
    ...another(),
    payment('authorized', 'pay_2'),
    refused('void_payment', 'pay_2'),
  ],
  refunded: [
    ...HELD,
    ...another(),
    captured(100, 'cap_2', 'pay_2'),
    refund('succeeded', 100, 'ref_1', 'pay_2'),
    unanswered('void_payment', 'pay_1'),
  ],
};

const expiring: Befores = follow(CAPTURABLE, reached('authorization'));

export const CAPTURE_SCENES: Record<string, Scenes> = {
  'payment.authorized.manual': {
    ...(SCENES['payment.authorized'] as Scenes),
    terms: BY_HAND,
  },
  'capture.requested': {
    terms: BY_HAND,
    before: { ...CAPTURABLE, ...only(['paid', 'cancelled', 'refunded'], IN_REVIEW) },
    now: () => captureRequest(),
  },
  'capture.requested.none': { terms: BY_HAND, before: IN, now: () => captureRequest() },
  'capture.requested.voided': {
    terms: BY_HAND,
    before: ended('voided'),
    now: () => captureRequest(),
  },
  'capture.requested.expired': {
    terms: BY_HAND,
    before: ended('expired'),
    now: () => captureRequest(),
  },
  'void.requested': { terms: BY_HAND, before: LET_GO, now: () => voidRequest() },
  'void.requested.none': { terms: BY_HAND, before: IN, now: () => voidRequest() },
  'void.requested.repeated': {
    terms: BY_HAND,
    before: ended('voided'),
    now: () => voidRequest(),
  },
  'write_off.requested': { before: IN, now: () => writeOff(60) },
  'authorization.expiring': {
    terms: BY_HAND,
    before: CAPTURABLE,
    now: () => reached('authorization'),
  },
  'review.approved.expiring': {
    terms: BY_HAND,
    before: expiring,
    now: () => decide('approve', 'authorization_expiring'),
  },
  'review.rejected.expiring': {
    terms: BY_HAND,
    before: expiring,
    now: () => decide('reject', 'authorization_expiring'),
  },
};
