/** The fake PayPal as a gateway under test: who acts here are buyers, banks and the dashboard. */

import type { Place, Signature, SignedRequest } from '../../../src/gateway-test/actor.ts';
import { minorOf, moneyOf } from '../../../src/gateways/paypal/amounts.ts';
import type {
  Ability,
  GatewayDriver,
  GatewayUnderTest,
  StoredPayment,
} from '../../support/gateway-driver.ts';
import { markOf } from '../../support/installation.ts';
import { AMOUNT } from '../../support/shop.ts';
import type { Account, Money, Order } from './account.ts';
import { CLIENT_ID, CLIENT_SECRET } from './api.ts';
import { type FakePayPal, openFakePayPal } from './fake-paypal.ts';
import { MERCHANT_ID } from './shapes.ts';
import { WEBHOOK_ID } from './webhooks.ts';

const WEBHOOK_ID_BEFORE = '4PAYONCEWEBHOOK00';
/** It takes no rupees. */
const CURRENCY = 'EUR';

const CANNOT = {
  'capture more than was asked for': 'an order is captured for its amount or less',
  'capture what was voided':
    'nothing is captured but by us, and we capture nothing that was voided',
  'capture what another try has followed':
    'nothing is captured but by us, and the first order is ended before there is a second one',
  'refuse to void': 'an order that was not captured is ended by us alone',
  'take a capture back': 'money is taken back by disputes and refunds',
  'take a refund back': 'a refund that was completed stays so',
  'fail a refund after it succeeded': 'a refund that was completed stays so',
  'take thousandths': 'it takes no currency with three digits',
  'sign with a time':
    'it repeats an event for three days, and documents no time for which a signature counts: events are questions',
} as const satisfies Partial<Record<Ability, string>>;

interface PayPalDriver extends GatewayDriver {
  fake: FakePayPal;
}

/** All of the stack's PayPal, for stories that are only told there. */
export function paypalBehind(driver: GatewayDriver | undefined): FakePayPal {
  if (driver === undefined || !('fake' in driver)) throw new Error('the stack has no PayPal');
  return (driver as PayPalDriver).fake;
}

export const paypal: GatewayUnderTest = {
  name: 'paypal',
  cannot: CANNOT,
  async start() {
    const fake = await openFakePayPal();
    return {
      env: {
        PAYPAL_CLIENT_ID: CLIENT_ID,
        PAYPAL_CLIENT_SECRET: CLIENT_SECRET,
        PAYPAL_WEBHOOK_IDS: `${WEBHOOK_ID},${WEBHOOK_ID_BEFORE}`,
        PAYPAL_MODE: 'sandbox',
        PAYPAL_MERCHANT_ID: MERCHANT_ID,
        PAYPAL_API_BASE: fake.url,
      },
      connect(place): PayPalDriver {
        fake.webhooks.sendTo(place.apiUrls);
        return { fake, ...createDriver(fake, place) };
      },
      close: fake.close,
    };
  },
};

function createDriver({ account, faults, webhooks }: FakePayPal, place: Place): GatewayDriver {
  let lost = Promise.resolve();
  const captured = (id: string): string => account.find(id).captures.at(-1)?.id ?? '';
  return {
    name: 'paypal',
    pay: async (id) => account.approve(id),
    authorize: async (id) => account.approve(id),
    capture: async (id) => capture(account, id),
    async captureAmount(id, amountMinor) {
      const { currency_code } = account.find(id).amount;
      account.find(id).amount = moneyFrom(amountMinor, currency_code);
      capture(account, id);
    },
    reverse: async () => refuse('take a capture back'),
    async pend(id) {
      account.approve(id);
      account.captureOrder(id, 'PENDING');
    },
    async fail(id) {
      account.approve(id);
      account.captureOrder(id, 'DECLINED');
    },
    async refund(id, amountMinor, status) {
      const { amount } = account.find(id);
      const part =
        amountMinor === undefined ? {} : { amount: moneyFrom(amountMinor, amount.currency_code) };
      const made = account.refund(
        captured(id),
        part,
        status === 'pending' ? 'PENDING' : 'COMPLETED',
      );
      return { refundId: made.id };
    },
    async endRefund(refundId, end) {
      if (end === 'reversed') return refuse('take a refund back');
      account.endRefund(refundId, end === 'succeeded' ? 'COMPLETED' : 'FAILED');
    },
    async dispute(id) {
      account.dispute(captured(id));
    },
    async endDispute(id, end) {
      const captureId = captured(id);
      const dispute = [...account.disputes.values()].find((one) => one.captureId === captureId);
      const outcome = end === 'won' ? 'RESOLVED_SELLER_FAVOUR' : 'RESOLVED_BUYER_FAVOUR';
      if (dispute !== undefined)
        account.changeDispute(dispute, { status: 'RESOLVED', outcome_code: outcome });
    },
    async strangePayment(orderId, terms = {}) {
      const { amountMinor = AMOUNT, currency = CURRENCY } = terms;
      const { installation } = await markOf(place, terms.maker ?? 'this installation');
      const custom_id = installation === undefined ? orderId : `${orderId}.${installation}`;
      const amount = moneyFrom(amountMinor, currency);
      return account.create({ intent: 'CAPTURE', amount, custom_id, more: {} }).id;
    },
    paymentsOf: async (orderId) =>
      [...account.orders.values()]
        .filter(({ custom_id }) => custom_id?.split('.')[0] === orderId)
        .map((order) => stored(account, order)),
    eventsOf: async (id) =>
      webhooks
        .eventsNaming([id, ...account.find(id).captures.map((one) => one.id)])
        .map((event) => webhooks.sign(JSON.stringify(event))),
    // Its events are questions: none says anything.
    eventFor: () => null,
    unknownPaymentId: '0NOBODY0000000000',
    async becomeUnknown(id) {
      account.find(id).status = 'OF_TOMORROW';
    },
    sign: (body) => webhooks.sign(body),
    signedAnew: (request, how) => signedAnew(webhooks, request, how),
    ofTomorrow(body, what) {
      const event = JSON.parse(body) as { event_type: string; resource: object };
      if (what === 'another status') return null;
      if (what === 'another type')
        return JSON.stringify({ ...event, event_type: 'PAYMENT.CAPTURE.OF_TOMORROW' });
      const resource = { ...event.resource, of_tomorrow: {} };
      return JSON.stringify({ ...event, of_tomorrow: 1, resource });
    },
    loseWebhooks: async () => webhooks.subscribe(() => false),
    repeatWebhooks: async () => webhooks.setCopies(3),
    async loseAnswers() {
      lost = new Promise((resolve) => {
        Object.assign(faults, { losesAnswers: true, onAnswerLost: resolve });
      });
    },
    async untilAnswerLost() {
      await lost;
      faults.losesAnswers = false;
    },
    async disturb(trouble) {
      Object.assign(faults, { trouble, struck: 0 });
    },
    async answerAgain() {
      Object.assign(faults, { trouble: null, losesAnswers: false });
    },
    async calm() {
      Object.assign(faults, { trouble: null, losesAnswers: false });
      webhooks.subscribe(() => true);
      webhooks.setCopies(1);
    },
  };
}

/** By us, or by a person in the dashboard: the order may have captured what was agreed to a moment ago. */
function capture(account: Account, id: string): void {
  account.approve(id);
  const order = account.find(id);
  if (order.captures.some(({ status }) => status === 'PENDING'))
    return account.endCapture(id, 'COMPLETED');
  if (order.captures.length > 0) return;
  if (order.intent === 'CAPTURE') return void account.captureOrder(id);
  if (order.authorizations.length === 0) account.authorizeOrder(id);
  account.captureAuthorization(order.authorizations[0]?.id ?? '', { final_capture: true });
}

function moneyFrom(amountMinor: number, currency: string): Money {
  const { currencyCode, value } = moneyOf(amountMinor, currency);
  return { currency_code: currencyCode, value };
}

function minorFrom({ currency_code: currencyCode, value }: Money): number {
  return minorOf({ currencyCode, value });
}

const TAKEN = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'];

function stored(account: Account, order: Order): StoredPayment {
  const captures = order.captures.filter(({ status }) => TAKEN.includes(status));
  const capturesMinor = captures.map(({ amount }) => minorFrom(amount));
  const ids = captures.map(({ id }) => id);
  const isHeld = order.authorizations.some(({ status }) =>
    ['CREATED', 'PARTIALLY_CAPTURED'].includes(status),
  );
  const isOver = order.status === 'COMPLETED' && !isHeld && captures.length === 0;
  return {
    paymentId: order.id,
    currency: order.amount.currency_code,
    capturedMinor: capturesMinor.reduce((sum, amount) => sum + amount, 0),
    capturesMinor,
    refundsMinor: order.refunds
      .filter(({ status }) => status === 'COMPLETED')
      .map(({ amount }) => minorFrom(amount)),
    lostMinor: [...account.disputes.values()]
      .filter(
        ({ captureId, outcome_code: code }) =>
          ids.includes(captureId) && code === 'RESOLVED_BUYER_FAVOUR',
      )
      .reduce((sum, { dispute_amount: amount }) => sum + minorFrom(amount), 0),
    isVoided: isOver || /\.(voided|declined)$/.test(order.custom_id ?? ''),
  };
}

function signedAnew(
  webhooks: FakePayPal['webhooks'],
  { body }: SignedRequest,
  how: Signature,
): SignedRequest {
  const ids: Partial<Record<Signature, string>> = {
    'with the secret before': WEBHOOK_ID_BEFORE,
    'with another secret': '9ANOTHERMERCHANT9',
  };
  const request = webhooks.sign(body, { webhookId: ids[how] ?? WEBHOOK_ID });
  const { 'paypal-transmission-sig': _, ...unsigned } = request.headers;
  if (how === 'not at all') return { ...request, headers: unsigned };
  if (how === 'in no known form')
    return { ...request, headers: { ...unsigned, 'paypal-transmission-sig': 'no base64' } };
  return request;
}

function refuse(deed: keyof typeof CANNOT): never {
  throw new Error(`PayPal cannot ${deed}: ${CANNOT[deed]}`);
}
