/** The fake Stripe as a gateway under test: who acts here are customers, banks and the dashboard. */
import { Stripe } from 'stripe';
import type { Novelty, Place, SignedRequest } from '../../../src/gateway-test/actor.ts';
import type { GatewayDriver, GatewayUnderTest, Trouble } from '../../support/gateway-driver.ts';
import { markOf } from '../../support/installation.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import { type FakeStripe, openFakeStripe, SECRET_KEY, WEBHOOK_SECRET } from './fake-stripe.ts';
import type { Fault } from './faults.ts';
import { forged } from './forged.ts';
import type { StripeEvent } from './objects.ts';
import { stored } from './stored.ts';

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
  cannot: {
    'capture more than was asked for': 'a PaymentIntent is captured for its amount or less',
    'capture what was voided': 'nobody can pay a canceled PaymentIntent',
    'capture what another try has followed':
      'the first PaymentIntent is canceled before there is a second one',
    'take a capture back': 'its banks take money back by disputes alone',
    'take thousandths': 'the third decimal has to be 0',
  },
  async start() {
    const fake = await openFakeStripe();
    return {
      env: {
        STRIPE_SECRET_KEY: SECRET_KEY,
        STRIPE_WEBHOOK_SECRETS: `${WEBHOOK_SECRET},${SECRET_BEFORE}`,
        STRIPE_API_BASE: fake.url,
      },
      connect(place): StripeDriver {
        fake.webhooks.sendTo(place.apiUrls);
        return { fake, ...createDriver(fake, place) };
      },
      close: fake.close,
    };
  },
};

/** A breakdown of Stripe's own is saved under the key, which is a story told of Stripe alone. */
const FAULTS: Readonly<Record<Trouble, Fault[]>> = {
  'breaks down': ['unavailable'],
  'is down': ['unavailable'],
  'cuts the connection': ['reset_after', 'reset_before'],
  'has too much to do': ['rate_limited'],
  hangs: ['hang_after', 'hang_before'],
  'refuses the key': ['key_refused'],
};

function createDriver(fake: FakeStripe, place: Place): GatewayDriver {
  const { account, webhooks, faults } = fake;
  let lost = Promise.resolve();
  const confirmByHand = (paymentId: string): void => {
    account.captureByHand(paymentId);
    account.confirm(paymentId);
  };
  return {
    name: 'stripe',
    pay: async (paymentId) => account.confirm(paymentId),
    authorize: async (paymentId) => confirmByHand(paymentId),
    async capture(paymentId) {
      const { status } = account.intentOf(paymentId);
      if (status === 'requires_capture') account.capture(paymentId);
      // The order may have captured what was authorized a moment ago.
      else if (status !== 'succeeded') account.confirm(paymentId);
    },
    async captureAmount(paymentId, amountMinor) {
      confirmByHand(paymentId);
      account.capture(paymentId, amountMinor);
    },
    reverse: async () => refuse('take a capture back'),
    pend: async (paymentId) => account.process(paymentId),
    fail: async (paymentId) => account.decline(paymentId),
    async refund(paymentId, amountMinor, status) {
      return { refundId: account.refund(paymentId, amountMinor, {}, status).id };
    },
    async endRefund(refundId, end) {
      if (end === 'succeeded') account.completeRefund(refundId);
      else account.failRefund(refundId);
    },
    async dispute(paymentId) {
      account.dispute(paymentId);
    },
    async endDispute(paymentId, end) {
      account.closeDispute(account.disputesOf(paymentId)[0]?.id ?? '', end);
    },
    async strangePayment(orderId, terms = {}) {
      const { amountMinor: amount = AMOUNT, currency = CURRENCY } = terms;
      const mark = await markOf(place, terms.maker ?? 'this installation');
      const metadata = { orderId, ...mark };
      const captureMethod = 'automatic_async';
      const asked = { amount, currency: currency.toLowerCase(), metadata, captureMethod };
      return account.createIntent(asked).id;
    },
    paymentsOf: async (orderId) =>
      account
        .intents()
        .filter(({ metadata }) => metadata.orderId === orderId)
        .map((intent) => stored(account, intent)),
    eventsOf: async (paymentId) => webhooks.eventsOf(paymentId).map(webhooks.sign),
    eventFor(told) {
      const event = forged(told);
      return event === null ? null : webhooks.sign(event);
    },
    unknownPaymentId: 'pi_of_nobody',
    async becomeUnknown(paymentId) {
      account.intentOf(paymentId).status = 'of_tomorrow';
    },
    sign: webhooks.signBody,
    signedAnew: (request, how) => ({ ...request, headers: headersOf(request, how) }),
    ofTomorrow: (body, what) => JSON.stringify(changed(JSON.parse(body) as StripeEvent, what)),
    loseWebhooks: async () => webhooks.subscribe(() => false),
    repeatWebhooks: async () => webhooks.setCopies(3),
    async loseAnswers() {
      lost = fake.nextLostAnswer();
      faults.always('hang_after');
    },
    async untilAnswerLost() {
      await lost;
      faults.end();
    },
    disturb: async (trouble) => faults.always(...FAULTS[trouble]),
    answerAgain: async () => faults.end(),
    async calm() {
      faults.end();
      webhooks.subscribe(() => true);
      webhooks.setCopies(1);
    },
  };
}

const SECRET_BEFORE = `whsec_${'before'.padEnd(32, '0')}`;

function headersOf(
  { headers, body }: SignedRequest,
  how: Parameters<GatewayDriver['signedAnew']>[1],
): Record<string, string> {
  const { 'stripe-signature': _, ...unsigned } = headers;
  if (how === 'not at all') return unsigned;
  if (how === 'in no known form') return { ...unsigned, 'stripe-signature': 'v1 of another form' };
  const secrets: Partial<Record<typeof how, string>> = {
    'with the secret before': SECRET_BEFORE,
    'with another secret': `whsec_${'another'.padEnd(32, '0')}`,
  };
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: secrets[how] ?? WEBHOOK_SECRET,
    timestamp: Math.floor(Date.now() / 1000) - (how === 'ten minutes ago' ? 600 : 0),
  });
  return { ...unsigned, 'stripe-signature': signature };
}

function changed(event: StripeEvent, what: Novelty): object {
  const { object } = event.data;
  switch (what) {
    case 'another field':
      return { ...event, of_tomorrow: 1, data: { object: { ...object, of_tomorrow: {} } } };
    case 'another type':
      return { ...event, type: 'payment_intent.of_tomorrow' };
    case 'another status':
      return {
        ...event,
        type: 'refund.updated',
        data: { object: { ...object, status: 'of_tomorrow' } },
      };
  }
}

function refuse(deed: keyof typeof stripe.cannot): never {
  throw new Error(`Stripe cannot ${deed}: ${stripe.cannot[deed]}`);
}
