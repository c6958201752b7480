/**
 * What a story needs of any gateway: somebody who acts there as customer, bank or operator, and a look
 * into the gateway's own store, which is the oracle of every test.
 */
import type { Stack } from '../../src/dev/stack/stack.ts';
import type { Fact } from '../../src/domain/facts/facts.ts';
import type { Maker } from './installation.ts';

export interface GatewayUnderTest {
  /** As orders name it. */
  name: string;
  /** What cannot happen there, each with the reason. What a story does instead, it says itself. */
  cannot: Readonly<Partial<Record<Deed, string>>>;
  start(): Promise<StartedGateway>;
}

/** What happens at some gateways and not at all of them. */
export type Deed =
  | 'capture in part'
  | 'capture more than was asked for'
  | 'capture what was voided'
  | 'capture what another try has followed'
  | 'refuse to void'
  | 'take a capture back'
  | 'take a refund back'
  | 'tell that the bank still works on it'
  | 'tell of an authorization that nobody here asked for'
  | 'take thousandths';

export interface StartedGateway {
  /** What the stack has to be told to use this gateway. */
  env: Record<string, string>;
  /** Called once the stack runs: from now on the gateway sends it webhooks. */
  connect(stack: Stack): GatewayDriver;
  close(): Promise<void>;
}

/** Acts at the gateway on a payment that the pay button has opened; resolves when it has happened. */
export interface GatewayDriver extends Telling {
  name: string;
  /** The customer's bank promises the money. */
  authorize(paymentId: string): Promise<void>;
  /** The money is taken, whatever was said of the payment before, as far as the gateway allows that. */
  capture(paymentId: string): Promise<void>;
  /** Another amount is taken than was asked for. */
  captureAmount(paymentId: string, amountMinor: number): Promise<void>;
  /** The bank takes the capture back. */
  reverse(paymentId: string): Promise<void>;
  /** The bank has heard of it and has not made up its mind. */
  pend(paymentId: string): Promise<void>;
  /** A try of the customer's fails; another one may still succeed. */
  fail(paymentId: string): Promise<void>;
  /** Somebody refunds in the gateway's own dashboard; all of it where no amount is given. */
  refund(
    paymentId: string,
    amountMinor?: number,
    status?: 'pending' | 'succeeded',
  ): Promise<{ refundId: string }>;
  endRefund(refundId: string, end: 'succeeded' | 'failed' | 'reversed'): Promise<void>;
  /** The customer's bank disputes the payment. */
  dispute(paymentId: string): Promise<void>;
  /** The bank decides the dispute of that payment. */
  endDispute(paymentId: string, end: 'won' | 'lost'): Promise<void>;
  /**
   * A payment that names the order and that no attempt of the order has opened: this installation made it,
   * and the answer got lost, unless another maker is named.
   */
  strangePayment(
    orderId: string,
    terms?: { amountMinor?: number; currency?: string; maker?: Maker },
  ): Promise<string>;
  /** What the gateway holds for an order. */
  paymentsOf(orderId: string): Promise<StoredPayment[]>;
  /** From now on the gateway does what it is asked to and its answers get lost. */
  loseAnswers(): Promise<void>;
  /** Waits until an answer about this order was lost; from then on the gateway answers again. */
  untilAnswerLost(orderId: string): Promise<void>;
  /** From now on calls that change something go wrong like this, done or not; while it is down or refuses the key, all do. */
  disturb(trouble: Trouble): Promise<void>;
  /** The gateway answers again; webhooks go on as they were. */
  answerAgain(): Promise<void>;
  /** All faults are over, of calls and of webhooks. */
  calm(): Promise<void>;
}

/** What may be wrong with a gateway that is asked to do something. */
export type Trouble =
  | 'breaks down'
  | 'is down'
  | 'cuts the connection'
  | 'has too much to do'
  | 'hangs'
  | 'refuses the key';

/** The gateway's webhooks. */
interface Telling {
  /** Every event that the gateway has told of a payment, oldest first, signed anew. */
  eventsOf(paymentId: string): Promise<SignedRequest[]>;
  /** A new event that says so, true or not; null where the gateway has none that does. */
  eventFor(told: Told): SignedRequest | null;
  /** Whatever bytes the gateway may send, signed by it as a new event. */
  sign(body: string): SignedRequest;
  /** From now on no webhook arrives. */
  loseWebhooks(): Promise<void>;
  /** From now on each webhook is delivered more than once. */
  repeatWebhooks(): Promise<void>;
}

export interface Told {
  type: Exclude<Fact['type'], 'dispute.inquiry'>;
  orderId: string;
  paymentId: string;
  amountMinor?: number;
  refundId?: string;
  disputeId?: string;
}

/** Minor units of the payment's own currency. */
export interface StoredPayment {
  paymentId: string;
  currency: string;
  capturedMinor: number;
  /** Amounts of captures that stand, each once. */
  capturesMinor: number[];
  /** Amounts of refunds that were made, each once. */
  refundsMinor: number[];
  lostMinor: number;
  isVoided: boolean;
}

/** A webhook as it goes over the wire, to any API process. */
export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}
