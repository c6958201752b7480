/** What follows from what: parts of orders that ended before, refusals that explain themselves, commands for nothing. */
import { NO_WEBHOOKS, SILENT, type Story, story } from './scene.ts';

export const FOLLOWING: Story[] = [
  story('asked-before-any-payment-and-cancelled', async (scene) => {
    const id = await scene.order();
    await scene.signal(id, 'verify', { id: 'verify-1' });
    await scene.signal(id, 'sync', { id: 'sync-1' });
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('part-paid-after-cancel', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.asked(id, 'paid_after_cancel');
    await scene.decide(id, 'paid_after_cancel', 'approve');
    await scene.settled(id, 'partially_paid');
    return id;
  }),
  story('part-captured-after-refund', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.at(`/payments/${paymentId}/refunds`, { amount: 2000 });
    await scene.settled(id, 'refunded');
    await scene.at(`/payments/${paymentId}/capture`, { amount: 1000 });
    await scene.asked(id, 'captured_after_refund');
    await scene.decide(id, 'captured_after_refund', 'approve');
    await scene.settled(id, 'partially_paid');
    return id;
  }),
  story('cancelled-while-a-bank-disputes-a-part', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    const second = String((await scene.pay(id)).body.id);
    await scene.faults(SILENT);
    await scene.signal(id, 'cancel', { id: 'cancel-1' });
    await scene.hear({ id, paymentId }, 'dispute.opened', { disputeId: 'd1', amount: 1000 });
    await scene.until(id, ({ disputes }) => disputes[0]?.status === 'opened');
    await scene.faults({});
    await scene.at(`/payments/${second}/void`);
    await scene.settled(id, 'cancelled');
    await scene.asked(id, 'dispute_after_cancel');
    return id;
  }),
  story('amount-mismatch-approved-while-it-is-being-cancelled', async (scene) => {
    const id = await scene.order();
    await scene.at(`/payments/${await scene.stranger(id, { amount: 3000 })}/authorize`);
    await scene.asked(id, 'amount_mismatch');
    await scene.faults(SILENT);
    await scene.signal(id, 'cancel', { id: 'cancel-1' });
    await scene.decide(id, 'amount_mismatch', 'approve');
    await scene.faults({});
    return id;
  }),
  story('failed-at-another-installation', async (scene) => {
    const id = await scene.order();
    const paymentId = await scene.stranger(id, {}, 'another installation');
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.verify(id, { paymentId });
    return id;
  }),
  story('refunded-at-the-gateway-when-a-refund-is-asked-for', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.faults(NO_WEBHOOKS);
    await scene.at(`/payments/${paymentId}/refunds`);
    await scene.refund(id);
    await scene.faults({});
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('captured-for-less-than-was-refunded', async (scene) => {
    const order = await scene.pending();
    const { id, paymentId } = order;
    await scene.hear(order, 'refund.succeeded', { refundId: 'sbx_ref_early', amount: 3000 });
    await scene.until(id, ({ refunds }) => refunds.length > 0);
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.asked(id, 'over_refund');
    return id;
  }),
];
