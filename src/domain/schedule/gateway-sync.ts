/**
 * The gateway sync: asks for the present state of all payments. At most one is in flight, and its answer re-enters
 * as ordinary facts.
 */
import { type Context, keyFor, start } from '../context.ts';

/** Asks now, or makes sure that the question under way is asked once more. */
export function askGateway(context: Context): void {
  const { inquiry } = context.ledger;
  if (inquiry.open) {
    inquiry.again = true;
    return;
  }
  inquiry.open = true;
  inquiry.again = false;
  inquiry.generation += 1;
  inquiry.askedAtVersion = context.ledger.version;
  start(context, {
    effect: 'fetch_payments',
    key: keyFor(context, 'fetch_payments', inquiry.generation),
    paymentIds: paymentIdsToAsk(context),
  });
}

function paymentIdsToAsk(context: Context): string[] {
  const { payments, attached = [], held, waiting } = context.ledger;
  const asked = waiting.flatMap((command) => command.paymentId ?? []);
  const ids = [
    ...Object.keys(payments),
    ...attached,
    ...held.map(({ event }) => event.fact.paymentId),
    ...asked,
  ];
  return [...new Set(ids)];
}
