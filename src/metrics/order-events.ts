/**
 * Counts what became of every input that reached an order, as its records are written. A record whose
 * write was answered twice counts twice: these are numbers for operators, never for the books.
 */
import { Counter, type Registry } from 'prom-client';
import type { OnRecorded } from '../activities/write-record.ts';

export function countOrderEvents(registry: Registry): OnRecorded {
  const events = new Counter({
    name: 'payonce_order_events_total',
    help: 'Inputs that reached orders, by outcome and by who spoke.',
    labelNames: ['outcome', 'source'],
    registers: [registry],
  });
  return (records) => {
    for (const { outcome, source } of records) events.inc({ outcome, source });
  };
}
