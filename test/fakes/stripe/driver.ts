/** The fake Stripe as a gateway under test: who acts here are customers, banks and the dashboard. */
import type { GatewayDriver, GatewayUnderTest } from '../../support/gateway-driver.ts';
import { type FakeStripe, openFakeStripe, SECRET_KEY, WEBHOOK_SECRET } from './fake-stripe.ts';

interface StripeDriver extends GatewayDriver {
  fake: FakeStripe;
}

/** All of the stack's Stripe, for stories that are only told there. */
export function stripeBehind(driver: GatewayDriver | undefined): FakeStripe {
  if (driver === undefined || !('fake' in driver)) throw new Error('the stack has no Stripe');
  return (driver as StripeDriver).fake;
}

export const stripe: GatewayUnderTest = {
  name: 'stripe',
  async start() {
    const fake = await openFakeStripe();
    return {
      env: {
        STRIPE_SECRET_KEY: SECRET_KEY,
        STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        STRIPE_API_BASE: fake.url,
      },
      connect(stack): StripeDriver {
        fake.webhooks.sendTo(stack.apiUrls);
        return { fake, ...createDriver(fake) };
      },
      close: fake.close,
    };
  },
};

function createDriver(fake: FakeStripe): GatewayDriver {
  const { account, webhooks, faults } = fake;
  let lost = Promise.resolve();
  return {
    async authorize(paymentId) {
      account.captureByHand(paymentId);
      account.confirm(paymentId);
    },
    async capture(paymentId) {
      const { status } = account.intentOf(paymentId);
      if (status === 'requires_capture') account.capture(paymentId);
      // The order may have captured what was authorized a moment ago.
      else if (status !== 'succeeded') account.confirm(paymentId);
    },
    fail: async (paymentId) => account.decline(paymentId),
    async refund(paymentId, amountMinor) {
      account.refund(paymentId, amountMinor, {});
    },
    async dispute(paymentId) {
      account.dispute(paymentId);
    },
    paymentsOf: async (orderId) =>
      account
        .intents()
        .filter(({ metadata }) => metadata.orderId === orderId)
        .map(({ id, amount_received, status }) => ({
          paymentId: id,
          capturedMinor: amount_received,
          refundsMinor: account.refundsOf(id).map(({ amount }) => amount),
          isVoided: status === 'canceled',
        })),
    eventsOf: async (paymentId) => webhooks.eventsOf(paymentId).map(webhooks.sign),
    async loseAnswers() {
      lost = fake.nextLostAnswer();
      faults.always('hang_after');
    },
    async untilAnswerLost() {
      await lost;
      faults.end();
    },
  };
}
