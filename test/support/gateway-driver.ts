/**
 * What a story needs of any gateway: an actor who acts there as customer, bank or operator, and a look
 * into the gateway's own store, which is the oracle of every test.
 */
import type { Fact } from '../../src/domain/facts/facts.ts';
import type {
  Ability,
  GatewayActor,
  Place,
  SignedRequest,
  StandIn,
} from '../../src/gateway-test/actor.ts';

export type {
  Ability,
  SignedRequest,
  StoredPayment,
  Trouble,
} from '../../src/gateway-test/actor.ts';

export interface GatewayUnderTest {
  /** As orders name it. */
  name: string;
  /** What cannot happen there, each with the reason. What a story does instead, it says itself. */
  cannot: Readonly<Partial<Record<Ability, string>>>;
  start(): Promise<StartedGateway>;
}

export interface StartedGateway extends Omit<StandIn, 'actor' | 'cannot'> {
  /** Called once the stack runs: from now on the gateway sends it webhooks. */
  connect(place: StackPlace): GatewayDriver;
}

/** A stack, as a gateway sees it; its sandbox is one of them. */
export interface StackPlace extends Place {
  sandboxUrl: string;
}

/** What stories need of an actor beyond what every gateway's stand-in brings. */
export interface GatewayDriver extends GatewayActor {
  name: string;
  /** Every event that the gateway has told of a payment, oldest first, signed anew. */
  eventsOf(paymentId: string): Promise<SignedRequest[]>;
  /** A new event that says so, true or not; null where the gateway has none that does. */
  eventFor(told: Told): SignedRequest | null;
  /** From now on no webhook arrives. */
  loseWebhooks(): Promise<void>;
  /** From now on each webhook is delivered more than once. */
  repeatWebhooks(): Promise<void>;
  /** From now on the gateway does what it is asked to and its answers get lost. */
  loseAnswers(): Promise<void>;
  /** Waits until an answer about this order was lost; from then on the gateway answers again. */
  untilAnswerLost(orderId: string): Promise<void>;
  /** All faults are over, of calls and of webhooks. */
  calm(): Promise<void>;
}

export interface Told {
  type: Exclude<Fact['type'], 'dispute.inquiry'>;
  orderId: string;
  paymentId: string;
  amountMinor?: number;
  refundId?: string;
  disputeId?: string;
}
