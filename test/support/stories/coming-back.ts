/** Payments that come back to life, wait, are gone or are paid in full for less, told at Stripe and Razorpay. */
import { razorpayBehind } from '../../fakes/razorpay/driver.ts';
import { stripeBehind } from '../../fakes/stripe/driver.ts';
import { AMOUNT } from '../shop.ts';
import { sharedStack } from '../stack.ts';
import { type Story, story } from './scene.ts';

const atStripe = async () => stripeBehind((await sharedStack()).gateways.stripe).account;
const atRazorpay = async () => razorpayBehind((await sharedStack()).gateways.razorpay).life;

export const COMING_BACK: Story[] = [
  story('debited-after-a-declined-card', async (scene) => {
    const account = await atStripe();
    const { id, paymentId } = await scene.pending({ gateway: 'stripe' });
    account.decline(paymentId);
    await scene.settled(id, 'failed');
    account.process(paymentId);
    await scene.settled(id, 'pending');
    account.settle(paymentId);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('paid-by-voucher', async (scene) => {
    const account = await atStripe();
    const { id, paymentId } = await scene.pending({ gateway: 'stripe' });
    account.handOut(paymentId, 'oxxo_display_details', Math.floor(Date.now() / 1_000) + 864_000);
    await scene.until(id, ({ payments }) => payments[0]?.status === 'pending');
    account.settle(paymentId);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('gone-at-the-gateway', async (scene) => {
    const account = await atStripe();
    const { id, paymentId } = await scene.pending({ gateway: 'stripe' });
    account.lose(paymentId);
    await scene.verify(id);
    await scene.settled(id, 'failed');
    const second = await scene.pay(id);
    account.confirm(String(second.body.id));
    await scene.settled(id, 'paid');
    return id;
  }),
  story('failed-and-voided-when-its-time-was-over', async (scene) => {
    const account = await atStripe();
    const { id, paymentId } = await scene.pending({ gateway: 'stripe', expiresIn: 10 });
    account.decline(paymentId);
    await scene.settled(id, 'failed');
    await scene.until(id, ({ payments }) => payments[0]?.status === 'voided');
    await scene.settled(id, 'failed');
    return id;
  }),
  story('not-paid-on-delivery', async (scene) => {
    const life = await atRazorpay();
    const { id, paymentId } = await scene.pending({ gateway: 'razorpay' });
    const promised = life.promise(paymentId);
    await scene.until(id, ({ payments }) => payments[0]?.status === 'pending');
    life.fail(promised);
    await scene.until(id, ({ payments }) => payments[0]?.status === 'created');
    life.capture(life.start(paymentId));
    await scene.settled(id, 'paid');
    return id;
  }),
  story('paid-with-an-offer', async (scene) => {
    const life = await atRazorpay();
    const { id, paymentId } = await scene.pending({ gateway: 'razorpay' });
    life.capture(life.start(paymentId, { amount: AMOUNT - 500 }));
    await scene.settled(id, 'paid');
    return id;
  }),
  story('cancelled-when-partly-paid', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.at(`/payments/${paymentId}/dispute`);
    await scene.until(id, ({ disputes }) => disputes[0]?.status === 'opened');
    await scene.cancel(id);
    await scene.at(`/payments/${paymentId}/dispute`, { outcome: 'won' });
    await scene.until(id, ({ disputes }) => disputes[0]?.status === 'won');
    await scene.pay(id);
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    await scene.until(id, ({ amountRefunded }) => amountRefunded === 2000);
    return id;
  }),
];
