/**
 * Counts workflow tasks that fail, by order: an alert has to name the order whose task fails again and
 * again. Only failing orders have a series, and only so many of them.
 */
import { Counter, type Registry } from 'prom-client';

/** Called with the id of an order whose workflow task has failed in this worker. */
export type OnTaskFailed = (orderId: string) => void;

/** After a bad release every order fails; the first of them are enough for an alert. */
const MOST_ORDERS = 100;
const OTHERS = 'others';

export function countTaskFailures(registry: Registry): OnTaskFailed {
  const failures = new Counter({
    name: 'payonce_order_task_failures_total',
    help: 'Workflow tasks that failed or took too long, by order.',
    labelNames: ['order_id'],
    registers: [registry],
  });
  const named = new Set<string>();
  return (orderId) => {
    if (named.size < MOST_ORDERS) named.add(orderId);
    failures.inc({ order_id: named.has(orderId) ? orderId : OTHERS });
  };
}
