/** The fake Razorpay as a gateway under test: who acts here are customers, banks and the dashboard. */
import type { Place, Signature, SignedRequest } from '../../../src/gateway-test/actor.ts';
import type { GatewayDriver, GatewayUnderTest, Trouble } from '../../support/gateway-driver.ts';
import { CANNOT, createActs } from './acts.ts';
import { type FakeRazorpay, KEY_ID, KEY_SECRET, openFakeRazorpay } from './fake.ts';
import type { Fault } from './faults.ts';
import { forged } from './forged.ts';
import { stored } from './stored.ts';
import { ACCOUNT_ID, signedEvent, signedHeaders } from './webhooks.ts';

export const WEBHOOK_SECRET = 'what the fake Razorpay signs with';

const SECRET_BEFORE = 'what the fake Razorpay signed with before';

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
  'refuses the key': ['key_refused'],
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
  cannot: CANNOT,
  async start() {
    const fake = await openFakeRazorpay();
    // Whoever acts here says himself when money is taken.
    fake.habits.autoCapture = false;
    return {
      env: {
        RAZORPAY_KEY_ID: KEY_ID,
        RAZORPAY_KEY_SECRET: KEY_SECRET,
        RAZORPAY_WEBHOOK_SECRETS: `${WEBHOOK_SECRET},${SECRET_BEFORE}`,
        RAZORPAY_ACCOUNT_ID: ACCOUNT_ID,
        RAZORPAY_API_BASE: fake.url,
      },
      connect(place): RazorpayDriver {
        const urls = place.apiUrls.map((url) => `${url}${PATH}`);
        fake.webhooks.listen({ urls, secret: WEBHOOK_SECRET });
        return { fake, ...createDriver(fake, place) };
      },
      close: async () => fake.close(),
    };
  },
};

function createDriver(
  { world, life, webhooks, faults }: FakeRazorpay,
  place: Place,
): GatewayDriver {
  let lost = Promise.resolve();
  return {
    name: 'razorpay',
    ...createActs({ world, life }, place),
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
    unknownPaymentId: 'order_of_nobody',
    async becomeUnknown(paymentId) {
      const tried = world.payments.get(life.start(paymentId));
      Object.assign(tried ?? {}, { status: 'of_tomorrow' });
    },
    signedAnew: (request, how) => ({ ...request, headers: headersOf(request, how) }),
    ofTomorrow(body, what) {
      const event = JSON.parse(body) as { event: string; payload: object };
      if (what === 'another status') return null;
      if (what === 'another type')
        return JSON.stringify({ ...event, event: 'payment.of_tomorrow' });
      return JSON.stringify({ ...event, of_tomorrow: 1 });
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
      const struck = trouble === 'is down' || trouble === 'refuses the key' ? EVERYTHING : CHANGES;
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

function headersOf({ headers, body }: SignedRequest, how: Signature): Record<string, string> {
  const { 'x-razorpay-signature': _, ...unsigned } = headers;
  if (how === 'not at all') return unsigned;
  if (how === 'in no known form') return { ...unsigned, 'x-razorpay-signature': 'no hexadecimal' };
  const secrets: Partial<Record<Signature, string>> = {
    'with the secret before': SECRET_BEFORE,
    'with another secret': 'a secret of another merchant',
  };
  return signedHeaders(body, secrets[how] ?? WEBHOOK_SECRET);
}
