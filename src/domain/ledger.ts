/**
 * The ledger: every fact that an order knows, kept by the gateway's own ids. It is plain bounded JSON
 * and is carried whole through continue-as-new. The order's state is never stored in it; see sums.ts.
 */
import type { Effect, GatewayCall } from './effects/effects.ts';
import type { CommandAnswer, FactEvent, Source } from './events.ts';
import type {
  DisputeStatus,
  GatewayIds,
  MadeBy,
  RefundStatus,
  SnapshotStatus,
} from './facts/facts.ts';
import type { OrderState, OrderTerms } from './order.ts';
import type { ReviewReason } from './reviews/reasons.ts';

/** One try of ours to open a payment at the gateway. `paymentId` is null until the gateway named it. */
export interface Attempt {
  number: number;
  amountMinor: number;
  status: 'requested' | 'open' | 'refused' | 'unknown';
  paymentId: string | null;
  checkout: Record<string, string> | null;
  /** Epoch milliseconds: a gateway remembers the key of the call for a limited time. */
  createdAt: number;
  /** Payments that had failed when it was begun, and that the gateway is to end first. */
  supersedes?: string[];
  /** The gateway refused to open it for any payer: how often, and its last code. Absent means never. */
  unopened?: { times: number; code: string };
}

export interface Payment {
  paymentId: string;
  amountMinor: number;
  currency: string;
  /** `gone`: the gateway no longer knows it. */
  status: SnapshotStatus | 'gone';
  /** Absent where every answer about it is from before this was kept. */
  madeBy?: MadeBy;
  /** What calls about it have to name at the gateway; absent where its own id does. */
  gatewayIds?: GatewayIds;
  /** Authorized for another amount than what was outstanding: never captured without a review. */
  mismatched: boolean;
  /** Minor units that the gateway then held, or holds for the shop to capture. Absent in orders from before it was kept. */
  authorizedMinor?: number;
  /** Epoch milliseconds since when the money waits for the shop to capture it. */
  authorizedAt?: number;
  /** The version at which the status last moved; an answer asked for earlier is older than it. */
  movedAtVersion: number;
  /** What we asked the gateway to capture, once and for all: the key of that call stands for it. */
  captureMinor?: number;
  /** We want it voided and have not been refused. */
  voiding?: boolean;
  /** How often the gateway refused a capture or a void: what is wanted after that is a new request. */
  refusals?: number;
  /** The gateway refused the last capture that was asked for: held for longer, it is for a person. */
  captureRefused?: boolean;
  /** Epoch milliseconds: until when a customer may pay it or, once it waits to be captured, the gateway holds it. */
  expiresAt?: number;
  /** As the gateway's snapshot has it. */
  discountMinor?: number;
  /** The shop received it itself: no gateway knows it. */
  manual?: ManualMoney & {
    /** Minor units that are to be given back by hand; absent means none. */
    toReturnMinor?: number;
  };
}

/** How money changed hands without a gateway, and on which day, such as 2026-01-31. */
export interface ManualMoney {
  method: string;
  on: string;
}

/** `captured` without its fact being seen yet is a tombstone: only the reversal has arrived so far. */
export interface Capture {
  captureId: string;
  paymentId: string;
  amountMinor: number;
  captured: boolean;
  reversed: boolean;
  /** Minor units taken back, at most the capture; absent means none. */
  reversedMinor?: number;
  /** Minor units that the customer paid to the gateway on top; no money of the order. */
  feeMinor?: number;
}

/** Money in a currency that the order is not in; it is kept out of every sum. */
export interface ForeignCapture {
  captureId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
}

export interface Refund {
  refundId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: RefundStatus;
  /** As a payment's; absent in orders from before it was kept. */
  movedAtVersion?: number;
  /** Given back by hand: no gateway knows it. */
  manual?: ManualMoney;
}

/** A refund that we asked for. It reserves its amount from the request until the refund has ended. */
export interface RefundRequest {
  requestKey: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: 'requested' | 'accepted' | 'refused';
  refundId: string | null;
  reason: string | null;
  /** The gateway's code for why it refused; absent where it did not. */
  refusal?: string;
  createdAt: number;
  /** The request that a caller made; one request may need several payments' refunds. */
  parentKey: string;
}

/** The rest of an order that was paid short, which a person did without. */
export interface WriteOff {
  amountMinor: number;
  /** None of what was paid stands any more: the whole is due again. */
  lifted?: true;
}

/** A capture that a person has asked for; at most one of a payment is under way. */
export interface CaptureRequest {
  paymentId: string;
  amountMinor: number;
  /** Minor units that have been captured of the payment once this request has been carried out. */
  totalMinor: number;
  status: 'requested' | 'captured' | 'refused';
  /** Why it was refused, as the caller is told it. */
  code?: string;
  /** The gateway's own code for why; absent where the gateway did not refuse it. */
  refusal?: string;
  createdAt: number;
}

export interface Dispute {
  disputeId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: DisputeStatus;
  /** Epoch milliseconds until which the shop may answer; absent where no answer is awaited, or none was named. */
  respondBy?: number;
  /** As a refund's. */
  movedAtVersion?: number;
}

export interface Review {
  id: string;
  reason: ReviewReason;
  status: 'open' | 'approved' | 'rejected' | 'resolved';
  /** Rises when a later fact changes what the decision is about. */
  version: number;
  openedAt: number;
  causes: string[];
  note: string | null;
  /** Absent while it is open, and where no name came with the decision. */
  decidedBy?: string;
}

export interface EffectEntry {
  command: Effect;
  status: 'pending' | 'done' | 'failed';
  attempts: number;
  error: string | null;
}

/** `granted` is what stands now; `epoch` counts the grants. */
export interface Access {
  granted: boolean;
  epoch: number;
  /**
   * What money has earned: how often the order came to be paid, and whether the last time still counts. Absent until
   * then, and in orders from before it was kept, where it is what was granted.
   */
  earned?: { stands: boolean; epoch: number };
  /** What a person has decided otherwise than the order would by itself. */
  byHand?: 'granted' | 'revoked';
}

/** A command whose caller waits for what the gateway says. */
export interface WaitingCommand {
  id: string;
  source: Source;
  type: 'pay' | 'verify' | 'sync' | 'cancel' | 'refund' | 'capture' | 'void' | 'attach';
  duplicate: boolean;
  answer: CommandAnswer;
  /** The payment that a verify or an attach is about. */
  paymentId: string | null;
  /** Why the caller asked, in its own words. */
  reason?: string;
  /** Who asked. */
  actor?: string;
  /** The sync that was open or last begun then: only the answer to a later one is the present state. */
  askedAfter?: number;
}

/** The gateway sync; at most one is in flight. */
export interface Inquiry {
  generation: number;
  open: boolean;
  /** A command arrived while the sync was in flight: another one follows when the answer settles nothing. */
  again: boolean;
  askedAtVersion: number;
  purpose: { expiry: boolean; settlement: boolean };
}

/** Calls to the gateway that have not been answered since the last one that was. */
export interface GatewayFailure {
  code: 'gateway_misconfigured' | 'gateway_unreachable';
  /** The call that failed last. */
  call: GatewayCall['effect'];
  /** When the first of them ended without an answer, in epoch milliseconds. */
  since: number;
  tries: number;
  error: string;
}

export interface HeldFact {
  event: FactEvent;
  /** How often the gateway said that it does not know the payment. */
  misses: number;
}

/** Entries by their id. They are replaced, never changed, and by `ledger-index.ts` alone, which sums them up. */
export type Entries<Entry> = Readonly<Record<string, Readonly<Entry>>>;

export interface Ledger {
  terms: OrderTerms;
  version: number;
  /** Rises with every event, also with those that change nothing: which of two ledgers is newer. */
  revision: number;
  /** Outcome records written so far: the next one's sequence number. */
  recorded: number;
  updatedAt: number;
  attempts: Attempt[];
  payments: Record<string, Payment>;
  /** Payments of other installations that an operator has attached to this order; absent means none. */
  attached?: string[];
  captures: Entries<Capture>;
  foreignCaptures: Record<string, ForeignCapture>;
  refunds: Entries<Refund>;
  refundRequests: Entries<RefundRequest>;
  /** What a person did without, oldest first; absent means nothing. */
  writeOffs?: WriteOff[];
  /** By their request keys; absent where none was made. */
  captureRequests?: Record<string, CaptureRequest>;
  disputes: Entries<Dispute>;
  reviews: Review[];
  /** Cancelled for good, unless an approved review lifts it. */
  cancelled: boolean;
  cancelRequested: boolean;
  /** Nothing was to be paid, and that was said: it counts as paid. Absent means no. */
  nothingDue?: true;
  /** Not paid in time: failed, or for review when partly paid. A late confirmation lifts it. */
  expired: boolean;
  /** When waiting for money ends; moves on while the gateway still holds a payment in flight. */
  expiresAt: number;
  /** Once wholly refunded, for good, unless an approved review lifts it. */
  refunded: boolean;
  late: boolean;
  access: Access;
  /** How often each state was entered: part of the keys of what is said about it. */
  entered: Partial<Record<OrderState, number>>;
  effects: Entries<EffectEntry>;
  /** Fact keys with their money, kept for ever. */
  facts: Record<string, { amountMinor: number; currency: string }>;
  /** The last transport ids, newest last. */
  seen: string[];
  held: HeldFact[];
  /** What the gateway said that this version does not know; absent where it said nothing of the kind. */
  unknown?: string[];
  waiting: WaitingCommand[];
  inquiry: Inquiry;
  /** Absent while the gateway answers. */
  gatewayFailure?: GatewayFailure;
  poll: { index: number; at: number } | null;
  /** When a paid order was last asked about by its slow schedule, in epoch milliseconds; absent until then. */
  syncedAt?: number;
  /** The earliest time to close, where closing was tried and the gateway could not be asked. */
  settleNotBefore: number;
  counters: { duplicates: number; stale: number; rejected: number };
  closed: boolean;
}

/** Ids of the payments of other installations that an operator has attached. */
export function attachedTo({ attached = [] }: Ledger): string[] {
  return attached;
}

/** What is left of a capture after its reversal; a tombstone holds nothing. */
export function standingMinor(capture: Capture): number {
  if (!capture.captured) return 0;
  return Math.max(0, capture.amountMinor - reversedMinor(capture));
}

export function reversedMinor(capture: Capture | undefined): number {
  if (!capture?.reversed) return 0;
  return capture.reversedMinor ?? capture.amountMinor;
}

export function openLedger(terms: OrderTerms): Ledger {
  return {
    terms,
    version: 1,
    revision: 0,
    recorded: 0,
    updatedAt: terms.createdAt,
    attempts: [],
    payments: {},
    captures: {},
    foreignCaptures: {},
    refunds: {},
    refundRequests: {},
    disputes: {},
    reviews: [],
    cancelled: false,
    cancelRequested: false,
    expired: false,
    expiresAt: terms.expiresAt,
    refunded: false,
    late: false,
    access: { granted: false, epoch: 0 },
    entered: {},
    effects: {},
    facts: {},
    seen: [],
    held: [],
    waiting: [],
    inquiry: {
      generation: 0,
      open: false,
      again: false,
      askedAtVersion: 0,
      purpose: { expiry: false, settlement: false },
    },
    poll: null,
    settleNotBefore: 0,
    counters: { duplicates: 0, stale: 0, rejected: 0 },
    closed: false,
  };
}
