/**
 * A payment gateway in the domain's words. Each gateway is one folder that maps its own API, ids and
 * signatures to this; nothing outside that folder knows what a gateway calls things.
 */
import type { OrderDetails } from '../domain/details.ts';
import type { Fact, GatewayIds, PaymentSnapshot, RefundSnapshot } from '../domain/facts/facts.ts';

/**
 * The field of a gateway object's metadata (at Razorpay: of its notes) that names the installation that made
 * it, in addition to the order's id.
 */
export const INSTALLATION_FIELD = 'installation';

/** A payment as the gateway has it, with the id of the installation that made it; null when it names none. */
export interface GatewayPayment extends Omit<PaymentSnapshot, 'installation'> {
  installationId: string | null;
}

/** Which payment a call is about. */
export interface NamedPayment {
  paymentId: string;
  /** What the gateway has answered or reported of it as `gatewayIds`, where it has. */
  gatewayIds?: GatewayIds;
}

export interface CreatePayment {
  orderId: string;
  /** Kept with the payment at the gateway. */
  installationId: string;
  attempt: number;
  /** Minor units of `currency`. */
  amountMinor: number;
  currency: string;
  /**
   * What its customer authorizes waits until `capturePayment` or `voidPayment`, whatever the account's own settings are;
   * absent where they decide. Asked for only where the capabilities have manual capture.
   */
  capture?: 'manual';
  /**
   * Earlier payments of the order whose last try has failed. Where a customer could still pay them, they
   * are ended first; one that cannot be ended any more is answered in place of a new one.
   */
  supersedes?: string[];
  /** The `gatewayIds` of those, by payment. */
  gatewayIds?: Readonly<Record<string, GatewayIds>>;
  /** Customer, shipping and description, always the same for one order; null where none may be sent. */
  details?: OrderDetails | null;
  idempotencyKey: string;
}

export interface CreatedPayment {
  payment: GatewayPayment;
  /** What the frontend needs to go on. */
  checkout: Record<string, string>;
}

export interface FetchPayments {
  orderId: string;
  /** Payments to fetch by id, in addition to those that the gateway knows under the order. */
  paymentIds: string[];
  /** Their `gatewayIds`, by payment. */
  gatewayIds?: Readonly<Record<string, GatewayIds>>;
}

export interface FetchedPayments {
  payments: GatewayPayment[];
  /** Asked for by name, and unknown to the gateway. */
  missing: string[];
}

export interface RefundPayment extends NamedPayment {
  amountMinor: number;
  currency: string;
  idempotencyKey: string;
}

/** One page of what the gateway did with the account's money on one day of the account. */
export interface FetchSettlement {
  /** `YYYY-MM-DD` in the zone of the account. */
  day: string;
  /** The day's first moment and that of the next day, in epoch milliseconds. */
  fromMs: number;
  toMs: number;
  /** Where the page before ended; null for the first page. */
  cursor: string | null;
}

/** One movement as the gateway's API has it: `data` is an item of the format that the capabilities name. */
export interface SettlementItem {
  /** The gateway's id of it, the same as in the gateway's reports. */
  id: string;
  /** The payout that paid it out, where only the way in which it was listed tells; else null. */
  payoutId: string | null;
  data: Readonly<Record<string, unknown>>;
}

export interface SettlementPage {
  items: SettlementItem[];
  /** Asks for the next page; null behind the last one. */
  nextCursor: string | null;
}

/** Why no order needs a webhook. Counted, so there are few, and none is made of what a gateway sends. */
export type IgnoredReason = 'other_mode' | 'unknown_type' | 'not_ours' | 'other_account';

interface AboutPayment {
  eventId: string;
  /** The order that the gateway's object names; null when it names none. */
  orderId: string | null;
  /** The installation that made the object; absent when the event does not say. */
  installationId?: string;
  /** When it happened by the gateway's clock, in epoch milliseconds; absent when the event does not say. */
  occurredAt?: number;
}

/** An event whose signature is good, in the domain's words. */
export type EventMessage =
  | (AboutPayment & { kind: 'fact'; fact: Fact })
  /** Something happened to the payment, and only the gateway itself can say what. */
  | (AboutPayment & {
      kind: 'ask';
      paymentId: string;
      /** It names a part of a payment, such as a capture, and nothing else: whose it is, the gateway is asked first. */
      isPart?: true;
    })
  /** Signed, and of no use to an order. */
  | { kind: 'ignored'; eventId: string; reason: IgnoredReason }
  /** Signed, about money perhaps, and unreadable or too old to be believed: for a person. */
  | {
      kind: 'unprocessable';
      eventId: string;
      code: 'event_unprocessable' | 'event_stale';
      /** Names the field that is wrong, never what is in it. */
      reason: string;
    };

/**
 * What one request says. Of a batch whose items are signed one by one, an item with a wrong signature is the
 * rejection in its place: the others count, and the request is answered with an error.
 */
export type WebhookMessage =
  | EventMessage
  | { kind: 'batch'; items: readonly (EventMessage | WebhookRejection)[] };

/** The query of the address that was called; a name that is there more than once is left out. */
export type WebhookQuery = Readonly<Record<string, string>>;

export type WebhookHeaders = Record<string, string | undefined>;

/** A place that the gateway sends its events to, as it is configured there. */
export interface WebhookEndpoint {
  url: string;
  /** Gateways disable one that has not answered for days. */
  isEnabled: boolean;
  /** Types of events that Payonce reads and that are not sent to it. */
  missing: readonly string[];
}

/**
 * Every method throws `GatewayRefusal` for a definite no, `GatewayOutcomeUnknown` when it may or may not have
 * happened, and `GatewayMisconfigured` when the configured key is refused.
 */
export interface Gateway {
  /** The cheapest authenticated read there is: it resolves when the gateway takes the configured key. */
  checkAccess(): Promise<void>;
  /** Every place that events of this account are sent to; absent where the gateway's API says nothing of it. */
  webhookEndpoints?(): Promise<readonly WebhookEndpoint[]>;
  createPayment(request: CreatePayment): Promise<CreatedPayment>;
  fetchPayments(request: FetchPayments): Promise<FetchedPayments>;
  /** Null where it was accepted and a webhook says what became of it. */
  capturePayment(
    request: NamedPayment & { amountMinor: number; currency: string; idempotencyKey: string },
  ): Promise<GatewayPayment | null>;
  /**
   * Answers the payment as it then is: voided, also where a part was captured before and the rest is released, or
   * captured when the capture had won. Null where it was accepted and a webhook says what became of it.
   */
  voidPayment(request: NamedPayment & { idempotencyKey: string }): Promise<GatewayPayment | null>;
  refundPayment(request: RefundPayment): Promise<RefundSnapshot>;
  /** Lists what moved on a day; there where the capabilities have settlements. A page may repeat items of another. */
  fetchSettlement?(request: FetchSettlement): Promise<SettlementPage>;
  /** Checks the proof that a checkout hands to the frontend; true where the gateway gives none. */
  isProofValid(proof: { paymentId: string; orderPaymentIds: string[]; signature: string }): boolean;
  /**
   * Called before `readWebhook` with the same headers: fetches what the signature is checked by, where a request only
   * names it, and keeps it. Absent where the settings have all that is needed.
   *
   * @throws WebhookRejection for what names nothing of the gateway's, GatewayOutcomeUnknown where it cannot be fetched now
   */
  prepareWebhook?(headers: WebhookHeaders): Promise<void>;
  /**
   * Reads a webhook from its raw bytes, which are checked before they are parsed.
   *
   * @throws WebhookRejection when the signature is missing, malformed or wrong, or its time is off.
   */
  readWebhook(rawBody: Buffer, headers: WebhookHeaders, query?: WebhookQuery): WebhookMessage;
}

/** A gateway whose webhooks carry one event each, and whose calls are answered with what became of them. */
export interface SingleEventGateway extends Gateway {
  capturePayment(
    request: NamedPayment & { amountMinor: number; idempotencyKey: string },
  ): Promise<GatewayPayment>;
  voidPayment(request: NamedPayment & { idempotencyKey: string }): Promise<GatewayPayment>;
  readWebhook(rawBody: Buffer, headers: WebhookHeaders, query?: WebhookQuery): EventMessage;
}

/** The gateway said no, and will say it again. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly code: string;
  /**
   * What was asked for is at fault, such as its amount or its currency: the same payment is refused
   * no matter who pays it and how often.
   */
  readonly isUnpayable: boolean;
  /** The gateway does not know the payment that the call names. */
  readonly isGone: boolean;
  /** The gateway knows of more than the order does: only its present truth explains the refusal. */
  readonly isOutdated: boolean;

  constructor(
    code: string,
    message: string,
    { isUnpayable = false, isGone = false, isOutdated = false } = {},
  ) {
    super(message);
    this.code = code;
    this.isUnpayable = isUnpayable;
    this.isGone = isGone;
    this.isOutdated = isOutdated;
  }
}

/** A time-out, a reset, a 5xx, a 429: the call may or may not have happened. */
export class GatewayOutcomeUnknown extends Error {
  override readonly name: string = 'GatewayOutcomeUnknown';
}

/**
 * The gateway does not take our key (401) or the key may not do this (403). Nothing has happened, and the same
 * call goes through once an operator has corrected the configuration.
 */
export class GatewayMisconfigured extends GatewayOutcomeUnknown {
  override readonly name = 'GatewayMisconfigured';

  constructor(gateway: string, { status, variables }: { status: number; variables: string }) {
    super(
      `${gateway} refuses the configured key (HTTP ${status}): set ${variables} to a key that is active and may take payments, and restart`,
    );
  }
}

/** The statuses of a refused key. */
export function isKeyRefused(status: number | undefined): boolean {
  return status === 401 || status === 403;
}

export type WebhookRejectionCode =
  | 'signature_missing'
  | 'signature_malformed'
  | 'signature_invalid'
  | 'timestamp_out_of_tolerance';

/** A webhook that proves nothing: it is answered with an error and leaves no trace but a counter. */
export class WebhookRejection extends Error {
  override readonly name = 'WebhookRejection';
  readonly code: WebhookRejectionCode;

  constructor(code: WebhookRejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}
