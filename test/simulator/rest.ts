/**
 * What must be true when the faults are over and everything has come to rest: the invariants of every order,
 * and what only a life can show that is known from its first input to its last.
 */
import type { Ledger } from '../../src/domain/ledger.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { demand, Violation } from '../invariants/demand.ts';
import { brokenBy } from '../invariants/index.ts';
import { evidenceOf } from './evidence.ts';
import { type GatewayTruth, isOpen } from './gateway-truth.ts';
import type { OrderRun } from './order-run.ts';
import type { RecordStore } from './record-store.ts';
import type { Sinks } from './sinks.ts';

export interface Remains {
  ledger: Ledger;
  truth: GatewayTruth;
  sinks: Sinks;
  records: RecordStore;
  run: OrderRun;
}

export function checkRest(remains: Remains): void {
  for (const { invariant, subject, detail } of brokenBy(evidenceOf(remains)))
    throw new Violation(invariant, `${subject}: ${detail}`);
  checkOver(remains.ledger);
  checkNothingPayable(remains.ledger, remains.truth);
  checkOutcomes(remains);
}

function checkOver(ledger: Ledger): void {
  const state = stateOf(ledger);
  demand(
    !['initiated', 'pending', 'partially_paid'].includes(state),
    'it comes to rest',
    () => state,
  );
  const open = ledger.reviews.filter(({ status }) => status === 'open');
  demand(open.length === 0, 'every review is decided', () => ids(open));
}

/** Once an order is over, the gateway was asked to void what could still be paid, and has answered. */
function checkNothingPayable(ledger: Ledger, truth: GatewayTruth): void {
  if (!['paid', 'refunded', 'cancelled'].includes(stateOf(ledger))) return;
  for (const { paymentId, status } of truth.payments.filter(isOpen)) {
    const known = ledger.payments[paymentId];
    demand(
      known === undefined || known.voiding === false,
      'nothing stays payable',
      () => `${paymentId} is ${status}`,
    );
  }
}

function ids(things: { id: string }[]): string {
  return things.map(({ id }) => id).join();
}

/**
 * Every input has left one record, once for each time that it came. Where a task was lost, a repeat may leave
 * none, as the lost task had heard of it before, and what nobody can read may leave several: nothing
 * follows from it, and it has no id of its own to be known by.
 */
function checkOutcomes({ ledger, records, run }: Remains): void {
  const last = records.read();
  demand(last.revision === ledger.revision, 'the record has the last word', () =>
    [last.revision, ledger.revision].join(),
  );
  const counted = new Map<string, number>();
  for (const { eventId } of records.records.values())
    counted.set(eventId, (counted.get(eventId) ?? 0) + 1);
  for (const [id, { times, isReadable }] of run.inputs) {
    const left = counted.get(id) ?? 0;
    const isExcused = run.detours() > 0 && left > 0 && (left < times || !isReadable);
    demand(
      left === times || isExcused,
      'one outcome for every input',
      () => `${id} came ${times} times and left ${left} records`,
    );
  }
}
