/**
 * Counts what became of every input that reached an order, as its records are written. A record whose
 * write was answered twice counts twice: these are numbers for operators, never for the books.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { Counter, type Registry } from 'prom-client';
import type { Activities } from '../activities/index.ts';
import type { OrderRecord } from '../store/record.ts';

const WRITE_RECORD = 'writeRecord' satisfies keyof Activities;

/** An interceptor for all activities of a worker; it looks only at the record of an order. */
export function countOrderEvents(registry: Registry): ActivityInterceptorsFactory {
  const events = new Counter({
    name: 'payonce_order_events_total',
    help: 'Inputs that reached orders, by outcome and by who spoke.',
    labelNames: ['outcome', 'source'],
    registers: [registry],
  });
  return ({ info }) => {
    if (info.activityType !== WRITE_RECORD) return {};
    return {
      inbound: {
        execute: async (input, next) => {
          const result = await next(input);
          const [record] = input.args as [OrderRecord];
          for (const { outcome, source } of record.records) events.inc({ outcome, source });
          return result;
        },
      },
    };
  };
}
