/** The fake Razorpay as a gateway under test: who acts here are customers, banks and the dashboard. */
import type { GatewayDriver, GatewayUnderTest } from '../../support/gateway-driver.ts';
import { type FakeRazorpay, KEY_ID, KEY_SECRET, openFakeRazorpay } from './fake.ts';
import { capturesOf } from './life.ts';
import { paymentsOf } from './world.ts';

export const WEBHOOK_SECRET = 'what the fake Razorpay signs with';

const CREATE = /^POST \/v1\/orders$/;

interface RazorpayDriver extends GatewayDriver {
  fake: FakeRazorpay;
}

/** All of the stack's Razorpay, for stories that are only told there. */
export function razorpayBehind(driver: GatewayDriver | undefined): FakeRazorpay {
  if (driver === undefined || !('fake' in driver)) throw new Error('the stack has no Razorpay');
  return (driver as RazorpayDriver).fake;
}

export const razorpay: GatewayUnderTest = {
  name: 'razorpay',
  async start() {
    const fake = await openFakeRazorpay();
    // Whoever acts here says himself when money is taken.
    fake.habits.autoCapture = false;
    return {
      env: {
        RAZORPAY_KEY_ID: KEY_ID,
        RAZORPAY_KEY_SECRET: KEY_SECRET,
        RAZORPAY_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        RAZORPAY_API_BASE: fake.url,
      },
      connect({ apiUrls }): RazorpayDriver {
        const urls = apiUrls.map((url) => `${url}/webhooks/razorpay`);
        fake.webhooks.listen({ urls, secret: WEBHOOK_SECRET });
        return { fake, ...createDriver(fake) };
      },
      close: async () => fake.close(),
    };
  },
};

function createDriver({ world, life, webhooks, faults }: FakeRazorpay): GatewayDriver {
  let lost = Promise.resolve();
  const authorized = (orderId: string) =>
    paymentsOf(world, orderId).find(({ status }) => status === 'authorized');
  const captured = (orderId: string): string => capturesOf(world, orderId)[0]?.id ?? '';
  return {
    async authorize(orderId) {
      life.authorize(life.start(orderId));
    },
    async capture(orderId) {
      // The order may have captured what was authorized a moment ago.
      if (capturesOf(world, orderId).length > 0) return;
      life.capture(authorized(orderId)?.id ?? life.start(orderId));
    },
    /** A declined try leaves a Razorpay order open; a promise that nobody took up in time ends it. */
    async fail(orderId) {
      life.lapse(life.start(orderId));
    },
    async refund(orderId, amountMinor) {
      const paymentId = captured(orderId);
      life.refund(paymentId, amountMinor ?? world.payments.get(paymentId)?.amount ?? 0, null);
    },
    async dispute(orderId) {
      life.dispute(captured(orderId));
    },
    paymentsOf: async (ours) =>
      [...world.orders.values()]
        .filter(({ notes }) => 'orderId' in notes && notes.orderId === ours)
        .map(({ id, notes }) => {
          const taken = capturesOf(world, id);
          const ids = taken.map((payment) => payment.id);
          return {
            paymentId: id,
            capturedMinor: taken.reduce((sum, { amount }) => sum + amount, 0),
            refundsMinor: [...world.refunds.values()]
              .filter((refund) => ids.includes(refund.payment_id) && refund.status !== 'failed')
              .map(({ amount }) => amount),
            isVoided: 'voided' in notes,
          };
        }),
    eventsOf: async (orderId) =>
      webhooks.events
        .filter(({ body }) => body.includes(`"${orderId}"`))
        .map(({ body, headers }) => ({ path: '/webhooks/razorpay', headers, body })),
    async loseAnswers() {
      lost = faults.always(CREATE, 'hang_after');
    },
    async untilAnswerLost() {
      await lost;
      faults.end();
    },
  };
}
