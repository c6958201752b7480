/**
 * What a story needs of any gateway: somebody who acts there as customer, bank or operator, and a look
 * into the gateway's own store, which is the oracle of every test.
 */
import type { Stack } from '../../src/dev/stack.ts';

export interface GatewayUnderTest {
  /** As orders name it. */
  name: string;
  start(): Promise<StartedGateway>;
}

export interface StartedGateway {
  /** What the stack has to be told to use this gateway. */
  env: Record<string, string>;
  /** Called once the stack runs: from now on the gateway sends it webhooks. */
  connect(stack: Stack): GatewayDriver;
  close(): Promise<void>;
}

/** Acts at the gateway on a payment that the pay button has opened; resolves when it has happened. */
export interface GatewayDriver {
  /** The customer's bank promises the money. */
  authorize(paymentId: string): Promise<void>;
  /** The money is taken, whatever was said of the payment before, as far as the gateway allows that. */
  capture(paymentId: string): Promise<void>;
  /** A try of the customer's fails; another one may still succeed. */
  fail(paymentId: string): Promise<void>;
  /** Somebody refunds in the gateway's own dashboard; all of it where no amount is given. */
  refund(paymentId: string, amountMinor?: number): Promise<void>;
  /** The customer's bank disputes the payment. */
  dispute(paymentId: string): Promise<void>;
  /** What the gateway holds for an order. */
  paymentsOf(orderId: string): Promise<StoredPayment[]>;
  /** Every event that the gateway has told of a payment, oldest first, signed anew. */
  eventsOf(paymentId: string): Promise<SignedRequest[]>;
  /** From now on the gateway does what it is asked to and its answers get lost. */
  loseAnswers(): Promise<void>;
  /** Waits until an answer about this order was lost; from then on the gateway answers again. */
  untilAnswerLost(orderId: string): Promise<void>;
}

export interface StoredPayment {
  paymentId: string;
  capturedMinor: number;
  /** Amounts of refunds that were made, each once. */
  refundsMinor: number[];
  isVoided: boolean;
}

/** A webhook as it goes over the wire, to any API process. */
export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}
