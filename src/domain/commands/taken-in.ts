/**
 * In which states an order takes what a person asks for, by the table: whoever offers it, such as a page with buttons,
 * asks here. More than the state can stand against it: an amount, a dispute, a call that is under way.
 */
import type { CommandEvent } from '../events.ts';
import type { OrderState } from '../order.ts';
import { type Cell, type Row, TABLE } from '../table.ts';

/** The rows of what is asked for the first time, and that nothing but the state stands against. */
const ROWS = {
  cancel: ['cancel.requested', 'cancel.requested.live'],
  extend: ['expiry.extended'],
  write_off: ['write_off.requested'],
  capture: ['capture.requested'],
  void: ['void.requested'],
  refund: ['refund.requested'],
  manual_payment: ['payment.captured.partial', 'payment.captured.exact', 'payment.captured.over'],
  manual_refund: ['refund.succeeded.partial', 'refund.succeeded.full'],
  sync: ['sync.requested'],
} as const satisfies Partial<Record<CommandEvent['type'], readonly Row[]>>;

const TAKEN: ReadonlySet<Cell['verdict']> = new Set(['apply', 'wait', 'review']);

export function isTakenIn(state: OrderState, command: keyof typeof ROWS): boolean {
  return ROWS[command].some((row) => TAKEN.has(TABLE[row][state].verdict));
}
