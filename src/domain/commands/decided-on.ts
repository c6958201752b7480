/** Decisions on a version of the order: whoever has seen another order than there is now decides anew. */
import type { CommandEvent } from '../events.ts';
import { manualId } from '../facts/manual.ts';
import type { Ledger } from '../ledger.ts';

export function isOutdated(ledger: Ledger, command: CommandEvent): boolean {
  const { orderVersion } = command;
  if (orderVersion === undefined || orderVersion === ledger.version) return false;
  return !isRepeat(ledger, command);
}

/** What was asked for before has made the other version itself, and is answered as it was then. */
function isRepeat(
  { refundRequests, captureRequests = {}, payments, refunds }: Ledger,
  command: CommandEvent,
): boolean {
  switch (command.type) {
    case 'refund':
      return Object.hasOwn(refundRequests, command.requestKey);
    case 'capture':
      return Object.hasOwn(captureRequests, command.requestKey);
    case 'manual_payment':
      return Object.hasOwn(payments, manualId(command.reference));
    case 'manual_refund':
      return Object.hasOwn(refunds, manualId(command.reference));
    default:
      return false;
  }
}
