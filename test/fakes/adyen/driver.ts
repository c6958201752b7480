/** The fake Adyen as a gateway under test: who acts here are customers, banks and the Customer Area. */
import assert from 'node:assert/strict';
import type { Ability, Place, Signature, SignedRequest } from '../../../src/gateway-test/actor.ts';
import { referenceOf } from '../../../src/gateways/adyen/payloads.ts';
import type { GatewayDriver, GatewayUnderTest, Trouble } from '../../support/gateway-driver.ts';
import { markOf } from '../../support/installation.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import type { Fault } from '../stripe/faults.ts';
import type { Link, Payment } from './account.ts';
import {
  API_KEY,
  type FakeAdyen,
  HMAC_KEY,
  MERCHANT_ACCOUNT,
  openFakeAdyen,
} from './fake-adyen.ts';
import { forged } from './forged.ts';
import { stored, toAdyen } from './stored.ts';
import { batchIn } from './webhooks.ts';

const KEY_BEFORE = 'AB'.repeat(32);
const ANOTHER_KEY = 'CD'.repeat(32);

const CANNOT = {
  'capture more than was asked for': 'a payment is captured for its amount or less',
  'capture what was voided': 'a link that has expired and a payment that is canceled stay so',
  'capture what another try has followed': 'the first link is ended before there is a second one',
  'refuse a refund at once': 'a refund is accepted, and refused by webhook',
  'tell of a refund that is pending': 'a refund has its webhook when it has ended',
  'answer what became of a payment':
    'no call answers it: a webhook that is lost is sent again by hand',
  'refuse to void': 'what cannot be canceled is captured, or was canceled before',
  'tell that the bank still works on it':
    'a payment has its first webhook when it is authorised or refused',
  'tell of an authorization that nobody here asked for':
    'an authorization names the reference under which it was asked for',
  'sign the body': 'eight fields of each item are signed, whatever their bytes are',
  'sign with a time': 'its signature is over eight fields, and none of them is a time',
} as const satisfies Partial<Record<Ability, string>>;

interface AdyenDriver extends GatewayDriver {
  fake: FakeAdyen;
}

/** All of the stack's Adyen, for stories that are only told there. */
export function adyenBehind(driver: GatewayDriver | undefined): FakeAdyen {
  if (driver === undefined || !('fake' in driver)) throw new Error('the stack has no Adyen');
  return (driver as AdyenDriver).fake;
}

export const adyen: GatewayUnderTest = {
  name: 'adyen',
  cannot: CANNOT,
  async start() {
    const fake = await openFakeAdyen();
    return {
      env: {
        ADYEN_API_KEY: API_KEY,
        ADYEN_MERCHANT_ACCOUNT: MERCHANT_ACCOUNT,
        ADYEN_WEBHOOK_SECRETS: `${HMAC_KEY},${KEY_BEFORE}`,
        // Whoever acts here says himself when money is held and when it is taken.
        ADYEN_CAPTURE_METHOD: 'manual',
        ADYEN_API_BASE: fake.url,
      },
      connect(place): AdyenDriver {
        fake.webhooks.sendTo(place.apiUrls);
        return { fake, ...createDriver(fake, place) };
      },
      async close() {
        await fake.close();
        assert.deepEqual(fake.violations, [], "all was as Adyen's own OpenAPI files say");
      },
    };
  },
};

const FAULTS: Readonly<Record<Trouble, Fault[]>> = {
  'breaks down': ['unavailable'],
  'is down': ['unavailable'],
  'cuts the connection': ['reset_after', 'reset_before'],
  'has too much to do': ['rate_limited'],
  hangs: ['hang_after', 'hang_before'],
  'refuses the key': ['key_refused'],
};

/** Above the attempts that an order makes. */
let strangers = 100;

function createDriver(fake: FakeAdyen, place: Place): GatewayDriver {
  const { account, webhooks, faults } = fake;
  let lost = Promise.resolve();
  const linkOf = (paymentId: string): Link => {
    const link = [...account.links.values()].find(({ reference }) => reference === paymentId);
    if (link === undefined) throw new Error(`the fake Adyen has no link of ${paymentId}`);
    return link;
  };
  const paymentOf = (paymentId: string): Payment => {
    const payment = account.paidBy(linkOf(paymentId));
    if (payment === undefined) throw new Error(`nobody has paid ${paymentId}`);
    return payment;
  };
  const authorised = (paymentId: string): Payment => {
    const link = linkOf(paymentId);
    return account.paidBy(link) ?? account.authorise(link);
  };
  return {
    name: 'adyen',
    pay: async (paymentId) => void authorised(paymentId),
    authorize: async (paymentId) => void authorised(paymentId),
    async capture(paymentId) {
      const payment = authorised(paymentId);
      // The order may have captured what was authorized a moment ago.
      if (payment.captures.length === 0) account.capture(payment, payment.link.amount);
    },
    async captureAmount(paymentId, amountMinor) {
      const payment = authorised(paymentId);
      account.capture(payment, toAdyen(amountMinor, payment.link.amount.currency));
    },
    reverse: async (paymentId) => account.failCapture(paymentOf(paymentId)),
    pend: async () => refuse('tell that the bank still works on it'),
    fail: async (paymentId) => account.refuse(linkOf(paymentId)),
    async refund(paymentId, amountMinor, status = 'succeeded') {
      const payment = paymentOf(paymentId);
      const { amount } = payment.link;
      const money = amountMinor === undefined ? amount : toAdyen(amountMinor, amount.currency);
      return { refundId: account.refund(payment, money, status).psp };
    },
    endRefund: async (refundId, end) => account.endRefund(refundId, end),
    dispute: async (paymentId) =>
      account.dispute(paymentOf(paymentId), 'NOTIFICATION_OF_CHARGEBACK', 'opened'),
    async endDispute(paymentId, end) {
      const payment = paymentOf(paymentId);
      const status = payment.dispute?.status;
      if (end === 'won')
        account.dispute(
          payment,
          status === 'lost' ? 'CHARGEBACK_REVERSED' : 'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
          'won',
        );
      else if (status === 'won') account.dispute(payment, 'SECOND_CHARGEBACK', 'second');
      else account.dispute(payment, 'CHARGEBACK', 'lost');
    },
    async strangePayment(orderId, terms = {}) {
      const { amountMinor = AMOUNT, currency = CURRENCY } = terms;
      const { installation } = await markOf(place, terms.maker ?? 'this installation');
      strangers += 1;
      const made = { orderId, isManual: true, attempt: strangers };
      const reference =
        installation === undefined
          ? `shop-${orderId}`
          : referenceOf({ ...made, installationId: installation });
      const amount = toAdyen(amountMinor, currency);
      const asked = { reference, amount, merchantAccount: MERCHANT_ACCOUNT };
      const link = { reference, amount, manualCapture: true, metadata: { orderId } };
      return account.createLink({ ...link, asked }).reference;
    },
    paymentsOf: async (orderId) =>
      [...account.links.values()]
        .filter(({ metadata }) => metadata.orderId === orderId)
        .map((link) => stored(account, link)),
    eventsOf: async (paymentId) =>
      webhooks.itemsOf(paymentId).map((item) => webhooks.sign(webhooks.batchOf([item]))),
    eventFor(told) {
      const item = forged(account, told);
      return item === null ? null : webhooks.sign(webhooks.batchOf([webhooks.itemOf(item)]));
    },
    unknownPaymentId: `ord_of_nobody.${'A'.repeat(22)}.m1`,
    async becomeUnknown(paymentId) {
      Object.assign(linkOf(paymentId), { status: 'ofTomorrow' });
    },
    sign: (body) => webhooks.signBody(body),
    signedAnew: (request, how) => signedAnew(fake, request, how),
    ofTomorrow: (body, what) => {
      const batch = batchIn(body);
      for (const { NotificationRequestItem: item } of batch?.notificationItems ?? []) {
        if (what === 'another field')
          Object.assign(item, {
            ofTomorrow: 1,
            additionalData: { ...item.additionalData, ofTomorrow: 'yes' },
          });
        if (what === 'another type') item.eventCode = 'OF_TOMORROW';
        if (what === 'another status') item.success = 'perhaps';
      }
      return JSON.stringify(batch);
    },
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

function signedAnew({ webhooks }: FakeAdyen, request: SignedRequest, how: Signature) {
  const keys: Partial<Record<Signature, string>> = {
    'with the secret before': KEY_BEFORE,
    'with another secret': ANOTHER_KEY,
  };
  const signed = webhooks.signBody(request.body, keys[how]);
  if (how !== 'not at all' && how !== 'in no known form') return signed;
  const batch = batchIn(signed.body);
  for (const { NotificationRequestItem: item } of batch?.notificationItems ?? [])
    if (how === 'not at all') delete item.additionalData?.hmacSignature;
    else Object.assign(item.additionalData ?? {}, { hmacSignature: 'no base64 of an HMAC' });
  return { ...signed, body: JSON.stringify(batch) };
}

function refuse(deed: keyof typeof CANNOT): never {
  throw new Error(`Adyen cannot ${deed}: ${CANNOT[deed]}`);
}
