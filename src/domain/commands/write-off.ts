/** Doing without the rest of an order that was paid short, such as by a transfer less the fee of a bank. */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import type { Ledger } from '../ledger.ts';
import { capturablePayment, isDisputed, outstandingMinor, writtenOffMinor } from '../sums.ts';
import { isCaptureUnderWay } from './capture.ts';
import { type CommandOf, rejected } from './waiting.ts';

export function writeOff(context: Context, command: CommandOf<'write_off'>): Verdict {
  const { ledger } = context;
  const { amountMinor } = command;
  return applyRow(context, 'write_off.requested', {
    cause: command.id,
    caller: {},
    refusal: () => refusalOf(ledger, command),
    evolve: () => {
      ledger.writeOffs = [...(ledger.writeOffs ?? []), { amountMinor }];
      ledger.expired = false;
    },
    reason: ({ words }) => `${words}, ${amountMinor} ${ledger.terms.currency} written off`,
  });
}

function refusalOf(
  ledger: Ledger,
  { amountMinor, limitMinor }: CommandOf<'write_off'>,
): Verdict | undefined {
  if (ledger.cancelRequested) return rejected('order_closed');
  // What a bank may take back is no reason to do without the rest.
  if (isDisputed(ledger)) return rejected('order_disputed');
  const held = capturablePayment(ledger);
  if (held !== undefined && isCaptureUnderWay(ledger, held)) return rejected('capture_in_progress');
  if (amountMinor !== outstandingMinor(ledger)) return rejected('write_off_differs');
  const isOver = writtenOffMinor(ledger) + amountMinor > limitMinor;
  return isOver ? rejected('write_off_over_limit') : undefined;
}
