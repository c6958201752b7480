/** Access: one entitlement for an order that is paid, none for any other. */
import { type Invariant, type RecordedOrder, wrong } from './evidence.ts';

const MAY_KEEP_ACCESS = ['partially_paid', 'pending', 'failed'];

export const oneEntitlement: Invariant = {
  name: 'I1 one entitlement for a paid order, none otherwise',
  check({ orderId, order, entitlements }) {
    const active = entitlements.filter(({ isGranted, isRevoked }) => isGranted && !isRevoked);
    if (order === null)
      return entitlements.length === 0
        ? []
        : [wrong(orderId, `no such order, with ${active.length} entitlements`)];
    if (!isRight(order, active.length))
      return [wrong(orderId, `${order.state}, with ${active.length} entitlements`)];
    const { granted, epoch } = order.ledger.access;
    const isAsDecided = active.map((one) => one.epoch).join() === (granted ? `${epoch}` : '');
    return isAsDecided
      ? []
      : [wrong(orderId, `access ${epoch} is granted: ${granted}, and the entitlements differ`)];
  },
};

/** A person's decision and an open dispute come before the state. Money that was taken back leaves the access to a person, who is asked by a review. */
function isRight({ state, view, ledger }: RecordedOrder, active: number): boolean {
  const { byHand } = ledger.access;
  if (byHand !== undefined) return active === Number(byHand === 'granted');
  if (view.access?.status === 'held') return active === 0;
  if (active === Number(state === 'paid')) return true;
  const isReported = view.reviews.some(
    ({ reason, status }) =>
      reason === 'capture_reversed' && (status === 'open' || status === 'rejected'),
  );
  return active === 1 && isReported && MAY_KEEP_ACCESS.includes(state);
}
