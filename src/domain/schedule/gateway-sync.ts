/**
 * The gateway sync: asks for the present state of all payments. At most one is in flight, and its answer re-enters
 * as ordinary facts.
 */
import type { EffectStarter } from '../apply-row.ts';
import { keyFor } from '../context.ts';
import { namesOfAll } from '../facts/gateway-ids.ts';
import { attachedTo, type Ledger } from '../ledger.ts';

/** Starts a sync, or makes sure that another one follows the one in flight. */
export function askGateway(starter: EffectStarter): void {
  const { ledger } = starter;
  const { inquiry } = ledger;
  if (inquiry.open) {
    inquiry.again = true;
    return;
  }
  inquiry.open = true;
  inquiry.again = false;
  inquiry.generation += 1;
  inquiry.askedAtVersion = ledger.version;
  const paymentIds = paymentIdsToAsk(ledger);
  starter.start({
    effect: 'fetch_payments',
    key: keyFor(starter, 'fetch_payments', inquiry.generation),
    paymentIds,
    ...namesOfAll(ledger, paymentIds),
  });
}

function paymentIdsToAsk(ledger: Ledger): string[] {
  const { payments, held, waiting } = ledger;
  const asked = waiting.flatMap((command) => command.paymentId ?? []);
  const ids = [
    ...Object.keys(payments).filter((paymentId) => payments[paymentId]?.manual === undefined),
    ...attachedTo(ledger),
    ...held.map(({ event }) => event.fact.paymentId),
    ...asked,
  ];
  return [...new Set(ids)];
}
