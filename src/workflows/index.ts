/** What workers run. Only workflows are exported here: every exported name can be started. */
export { order } from './order.ts';
export { reconcileDaily, reconcileDay } from './reconcile.ts';
