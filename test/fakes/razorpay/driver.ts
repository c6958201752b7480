/** The fake Razorpay as a gateway under test: who acts here are customers, banks and the dashboard. */
import type { GatewayDriver, GatewayUnderTest, Trouble } from '../../support/gateway-driver.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import { type FakeRazorpay, KEY_ID, KEY_SECRET, openFakeRazorpay } from './fake.ts';
import type { Fault } from './faults.ts';
import { forged } from './forged.ts';
import { capturesOf } from './life.ts';
import { stored } from './stored.ts';
import { signedEvent, signedHeaders } from './webhooks.ts';
import { newId, nowS, type Order, paymentsOf } from './world.ts';

export const WEBHOOK_SECRET = 'what the fake Razorpay signs with';

const PATH = '/webhooks/razorpay';
const CREATE = /^POST \/v1\/orders$/;
/** Reads are spared: what is lost with them is only asked again. */
const CHANGES = /^(?:POST|PATCH)/;
const EVERYTHING = /^/;

const FAULTS: Readonly<Record<Trouble, Fault[]>> = {
  'breaks down': ['error_500_after', 'error_500_before'],
  'cuts the connection': ['reset_after', 'reset_before'],
  'is down': ['error_500_before'],
  'has too much to do': ['too_many_requests'],
  hangs: ['hang_after', 'hang_before'],
};

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
  cannot: {
    'capture in part': 'an authorization is captured whole',
    'capture more than was asked for': 'an authorization is captured for its own amount',
    'refuse to void': 'it has no void: an order that is given up gets a note',
    'take a capture back': 'its banks take money back by disputes alone',
    'take a refund back': 'a refund that was processed stays so',
    'tell that the bank still works on it':
      'a payment under way has no event, and may fail without ending its order',
    'tell of an authorization that nobody here asked for':
      'only order.paid names our order; what is authorized for a stranger is parked',
    'take thousandths': 'the third decimal has to be 0',
  },
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
        const urls = apiUrls.map((url) => `${url}${PATH}`);
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
    name: 'razorpay',
    async authorize(orderId) {
      life.authorize(life.start(orderId));
    },
    async capture(orderId) {
      // The order may have captured what was authorized a moment ago.
      if (capturesOf(world, orderId).length > 0) return;
      life.capture(authorized(orderId)?.id ?? life.start(orderId));
    },
    captureAmount: async () => refuse('capture in part'),
    reverse: async () => refuse('take a capture back'),
    pend: async () => refuse('tell that the bank still works on it'),
    /** A declined try leaves a Razorpay order open; a promise that nobody took up in time ends it. */
    async fail(orderId) {
      life.lapse(life.start(orderId));
    },
    async refund(orderId, amountMinor, status) {
      const paymentId = captured(orderId);
      const amount = amountMinor ?? world.payments.get(paymentId)?.amount ?? 0;
      const made = status === 'pending' ? status : 'processed';
      return { refundId: life.refund(paymentId, amount, null, made).id };
    },
    async endRefund(refundId, end) {
      if (end === 'reversed') return refuse('take a refund back');
      life.endRefund(refundId, end === 'succeeded' ? 'processed' : 'failed');
    },
    async dispute(orderId) {
      life.dispute(captured(orderId));
    },
    async endDispute(orderId, end) {
      const paymentId = captured(orderId);
      const open = [...world.disputes.values()].find((made) => made.payment_id === paymentId);
      life.endDispute(open?.id ?? '', end);
    },
    async strangePayment(orderId, { amountMinor: amount = AMOUNT, currency = CURRENCY } = {}) {
      const money = { amount, amount_paid: 0, amount_due: amount, currency };
      const notes = { orderId, mode: 'test' };
      const fresh = { receipt: null, status: 'created', attempts: 0, created_at: nowS() } as const;
      const order: Order = { id: newId('order'), entity: 'order', ...money, notes, ...fresh };
      world.orders.set(order.id, order);
      return order.id;
    },
    paymentsOf: async (ours) =>
      [...world.orders.values()]
        .filter(({ notes }) => 'orderId' in notes && notes.orderId === ours)
        .map((order) => stored(world, order)),
    eventsOf: async (orderId) =>
      webhooks.events
        .filter(({ body }) => body.includes(`"${orderId}"`))
        .map(({ body, headers }) => ({ path: PATH, headers, body })),
    eventFor(told) {
      const made = forged(world, told);
      if (made === null) return null;
      const { body, headers } = signedEvent(made.event, made.entities, WEBHOOK_SECRET);
      return { path: PATH, headers, body };
    },
    sign: (body) => ({ path: PATH, headers: signedHeaders(body, WEBHOOK_SECRET), body }),
    loseWebhooks: async () => webhooks.withhold(),
    repeatWebhooks: async () => webhooks.repeat(3),
    async loseAnswers() {
      lost = faults.always(CREATE, 'hang_after');
    },
    async untilAnswerLost() {
      await lost;
      faults.end();
    },
    async disturb(trouble) {
      const struck = trouble === 'is down' ? EVERYTHING : CHANGES;
      void faults.always(struck, ...FAULTS[trouble]);
    },
    answerAgain: async () => faults.end(),
    async calm() {
      faults.end();
      webhooks.release(() => []);
      webhooks.repeat(1);
    },
  };
}

function refuse(deed: keyof typeof razorpay.cannot): never {
  throw new Error(`Razorpay cannot ${deed}: ${razorpay.cannot[deed]}`);
}
