/** What an account at Stripe holds, and how its objects are found. */
import { missing, refused } from './api-error.ts';
import type { Charge, Dispute, Intent, Refund } from './objects.ts';

export interface Books {
  intents: Map<string, Intent>;
  charges: Map<string, Charge>;
  refunds: Map<string, Refund>;
  disputes: Map<string, Dispute>;
  /** Sends a webhook. */
  tell(type: string, object: object): void;
}

export function openBooks(tell: Books['tell']): Books {
  return {
    intents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    tell,
  };
}

export function found<T>(kept: Map<string, T>, what: string, id: string): T {
  const object = kept.get(id);
  if (object === undefined) throw missing(what, id);
  return object;
}

export function intentOf({ intents }: Books, id: string): Intent {
  return found(intents, 'payment_intent', id);
}

export function chargeOf({ charges }: Books, { latest_charge: id }: Intent): Charge {
  return found(charges, 'charge', String(id));
}

/** Newest first, as Stripe lists. */
export function listOf<T extends { payment_intent: string }>(
  kept: Map<string, T>,
  id: string,
): T[] {
  return [...kept.values()].filter((object) => object.payment_intent === id).reverse();
}

export function expectStatus(intent: Intent, ...statuses: string[]): Intent {
  if (statuses.includes(intent.status)) return intent;
  const message = `This PaymentIntent's status is ${intent.status}`;
  throw refused('payment_intent_unexpected_state', message, { payment_intent: intent });
}
