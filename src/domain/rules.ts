/**
 * Which rules decide about an order. Its history must replay, so an order keeps the rules that it began
 * under: where a new rule asks the gateway for something that the old one did not, it is for new orders.
 */
import type { OrderTerms } from './order.ts';

/** What new orders begin under. */
export const PRESENT_RULES = 5;

interface RuledOrder {
  terms: OrderTerms;
}

/**
 * Since rules 1: a failed payment may come back to life, one that the gateway no longer knows ends, nothing
 * stays payable once an order is over, and a partly paid order can be cancelled.
 */
export function followsPresentRules({ terms }: RuledOrder): boolean {
  return (terms.rules ?? 0) >= 1;
}

/** Since rules 2: a payment that the gateway would open for no customer is no attempt. */
export function countsOpenedAlone({ terms }: RuledOrder): boolean {
  return (terms.rules ?? 0) >= 2;
}

/**
 * Since rules 3: a contradiction of a refund, once decided, is not put to review again; a new state is a new version
 * whatever brought it; and a refund that fails while a refunded order still holds money is for a person.
 */
export function followsRules3({ terms }: RuledOrder): boolean {
  return (terms.rules ?? 0) >= 3;
}

/** Since rules 4: a decision that cancels ends a request to cancel that is under way, so that the order closes. */
export function followsRules4({ terms }: RuledOrder): boolean {
  return (terms.rules ?? 0) >= 4;
}

/** Since rules 5: access is granted again only once the revocation before it has been told. */
export function followsRules5({ terms }: RuledOrder): boolean {
  return (terms.rules ?? 0) >= 5;
}
