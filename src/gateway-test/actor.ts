/**
 * What a gateway brings to be tested: a stand-in of itself behind HTTP, and an actor who does there what customers,
 * banks and the dashboard do. Amounts are minor units of ISO 4217, whatever the gateway itself counts in.
 */

/**
 * Opens a stand-in, which sends its webhooks to `/webhooks/NAME` of the addresses of the place, in turn. A module
 * exports it as `openStandIn`, beside its gateway.
 */
export type OpenStandIn = (place: Place) => Promise<StandIn>;

export interface StandIn {
  /** The variables that make the gateway speak with the stand-in; of webhook secrets two, newest first. */
  env: Readonly<Record<string, string>>;
  /** What cannot happen at the gateway, each with the reason: what needs it is not run. */
  cannot: Readonly<Partial<Record<Ability, string>>>;
  actor: GatewayActor;
  close(): Promise<void>;
}

export interface Place {
  apiUrls: readonly string[];
  /** The installation whose payments are its own. */
  installationId(): Promise<string>;
}

/** What happens at some gateways and not at all of them. */
export type Ability =
  | 'capture in part'
  | 'capture more than was asked for'
  | 'capture what was voided'
  | 'capture what another try has followed'
  | 'refuse to void'
  | 'refuse a refund at once'
  | 'tell of a refund that is pending'
  | 'answer what became of a payment'
  | 'take a capture back'
  | 'take a refund back'
  | 'fail a refund after it succeeded'
  | 'dispute again what was won'
  | 'tell that the bank still works on it'
  | 'tell of an authorization that nobody here asked for'
  | 'tell of a failed try'
  | 'take thousandths'
  | 'sign with a time'
  | 'rotate its secret'
  | 'sign the body'
  | 'give a payment a status of tomorrow';

/** Each resolves when it has happened at the gateway. */
export interface GatewayActor {
  /** An id in the gateway's form that it has never given. */
  unknownPaymentId: string;
  /** The customer pays in the checkout: the money is taken, or held where the payment was opened for that. */
  pay(paymentId: string): Promise<void>;
  /** The customer's bank promises the money. */
  authorize(paymentId: string): Promise<void>;
  /** The money is taken, whatever was said of the payment before, as far as the gateway allows that. */
  capture(paymentId: string): Promise<void>;
  /** Another amount is taken than was asked for. */
  captureAmount(paymentId: string, amountMinor: number): Promise<void>;
  /** The bank takes the capture back. */
  reverse(paymentId: string): Promise<void>;
  /** The bank works on it and has not decided. */
  pend(paymentId: string): Promise<void>;
  /** A try of the customer's fails; another one may still succeed. */
  fail(paymentId: string): Promise<void>;
  /** A person refunds in the gateway's own dashboard; all of it where no amount is given. */
  refund(
    paymentId: string,
    amountMinor?: number,
    status?: 'pending' | 'succeeded',
  ): Promise<{ refundId: string }>;
  endRefund(refundId: string, end: 'succeeded' | 'failed' | 'reversed'): Promise<void>;
  /** The customer's bank disputes the payment. */
  dispute(paymentId: string): Promise<void>;
  /** The bank decides the dispute of that payment, or decides it otherwise than before. */
  endDispute(paymentId: string, end: 'won' | 'lost'): Promise<void>;
  /**
   * A payment that names the order and that no attempt of the order has opened: this installation made it,
   * and the answer got lost, unless another maker is named.
   */
  strangePayment(
    orderId: string,
    terms?: { amountMinor?: number; currency?: string; maker?: Maker },
  ): Promise<string>;
  /** What the gateway holds for an order: the truth that all is compared with. */
  paymentsOf(orderId: string): Promise<StoredPayment[]>;
  /** Bytes signed as a new webhook, whatever they say. */
  sign(body: string): SignedRequest;
  /** The same webhook, signed in another way. */
  signedAnew(request: SignedRequest, how: Signature): SignedRequest;
  /** The body of a webhook, changed to what this version does not know; null where there is no such thing. */
  ofTomorrow(body: string, what: Novelty): string | null;
  /** The payment is in a status that the gateway did not have when this version was written. */
  becomeUnknown(paymentId: string): Promise<void>;
  /** From now on calls that change something go wrong like this, done or not; while it is down or refuses the key, all do. */
  disturb(trouble: Trouble): Promise<void>;
  /** The gateway answers again; webhooks go on as they were. */
  answerAgain(): Promise<void>;
}

/** Who made a payment at the gateway. */
export type Maker = 'this installation' | 'another installation' | 'other software';

/** What may be wrong with a gateway that is asked to do something. */
export type Trouble =
  | 'breaks down'
  | 'is down'
  | 'cuts the connection'
  | 'has too much to do'
  | 'hangs'
  | 'refuses the key';

export type Signature =
  | 'with the secret before'
  | 'with another secret'
  | 'ten minutes ago'
  | 'in no known form'
  | 'not at all';

export type Novelty = 'another field' | 'another type' | 'another status';

/** Amounts in minor units of the payment's own currency. */
export interface StoredPayment {
  paymentId: string;
  currency: string;
  capturedMinor: number;
  /** Amounts of captures that stand, each once. */
  capturesMinor: number[];
  /** Amounts of refunds that were made, each once. */
  refundsMinor: number[];
  lostMinor: number;
  /** No customer can pay it any more. */
  isVoided: boolean;
}

/** A webhook as it goes over the wire, to any API process. */
export interface SignedRequest {
  /** With the query, where there is one. */
  path: string;
  headers: Record<string, string>;
  body: string;
}
