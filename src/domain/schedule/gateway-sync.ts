/**
 * Asking the gateway for the truth: at most one question is open at a time, whoever asks, and its
 * answer re-enters as ordinary facts.
 */
import { keyFor, start, type Turn } from '../turn.ts';

/** Asks now, or makes sure that the question under way is asked once more. */
export function askGateway(turn: Turn): void {
  const { inquiry } = turn.ledger;
  if (inquiry.open) {
    inquiry.again = true;
    return;
  }
  inquiry.open = true;
  inquiry.again = false;
  inquiry.generation += 1;
  inquiry.askedAtVersion = turn.ledger.version;
  start(turn, {
    effect: 'fetch_payments',
    key: keyFor(turn, 'fetch_payments', inquiry.generation),
    paymentIds: paymentIdsToAsk(turn),
  });
}

function paymentIdsToAsk(turn: Turn): string[] {
  const { payments, attached = [], held, waiting } = turn.ledger;
  const asked = waiting.flatMap((command) => command.paymentId ?? []);
  const ids = [
    ...Object.keys(payments),
    ...attached,
    ...held.map(({ event }) => event.fact.paymentId),
    ...asked,
  ];
  return [...new Set(ids)];
}
