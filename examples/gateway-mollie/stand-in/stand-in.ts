/** A stand-in of Mollie for the conformance suite: an account behind HTTP, and its customers, banks and dashboard. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decimalOfMinor, INSTALLATION_FIELD, minorOfDecimal } from 'payonce/gateway';
import type {
  Ability,
  GatewayActor,
  OpenStandIn,
  Signature,
  SignedRequest,
} from 'payonce/gateway-test';
import { signatureOf, webhookAddress } from '../webhook.ts';
import { type Account, createAccount, type MolliePayment } from './account.ts';
import { createApi, type Faults } from './api.ts';

const API_KEY = 'test_standInOfMollie0000';
const [SECRET, SECRET_BEFORE] = ['signs-the-addresses-of-today', 'signed-the-addresses-before'];
const ANOTHER_INSTALLATION = `ins_${'0'.repeat(32)}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const CANNOT: Readonly<Partial<Record<Ability, string>>> = {
  'capture more than was asked for': 'a payment is captured for its amount or less',
  'capture what was voided': 'a payment that was canceled cannot be paid',
  'capture what another try has followed': 'a payment that has failed cannot be paid',
  'take a capture back': 'its banks take money back by chargebacks alone',
  'take a refund back': 'a refund that was made does not come back',
  'dispute again what was won':
    'its webhook says nothing of a reversed chargeback: the next sync finds it',
  'tell that the bank still works on it': 'its webhook says nothing of a payment that is pending',
  'take thousandths': 'it takes no currency with three digits',
  'sign with a time': 'the address of a webhook is signed, and stays the same',
  'sign the body': 'its webhooks are not signed: the body names a payment, which is fetched',
};

export const openStandIn: OpenStandIn = async ({ apiUrls, installationId }) => {
  const faults: Faults = { trouble: null, struck: 0 };
  const account = createAccount(notify);
  const server = createServer(createApi(account, API_KEY, faults));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const webhookUrl = `${apiUrls[0]}/webhooks/mollie`;
  return {
    env: {
      MOLLIE_API_KEY: API_KEY,
      MOLLIE_WEBHOOK_SECRETS: `${SECRET},${SECRET_BEFORE}`,
      MOLLIE_WEBHOOK_URL: webhookUrl,
      MOLLIE_REDIRECT_URL: 'https://shop.example/thank-you',
      MOLLIE_API_BASE: `http://127.0.0.1:${port}`,
    },
    cannot: CANNOT,
    actor: createActor({ account, faults, webhookUrl, installationId }),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};

function notify({ id, webhookUrl }: MolliePayment): void {
  if (webhookUrl === undefined) return;
  // The next one would be sent again until it is answered; a stand-in on this machine is answered.
  void fetch(webhookUrl, { method: 'POST', headers: FORM, body: `id=${id}` }).catch(() => {});
}

interface Parts {
  account: Account;
  faults: Faults;
  webhookUrl: string;
  installationId(): Promise<string>;
}

function createActor({ account, faults, webhookUrl, installationId }: Parts): GatewayActor {
  const moneyOf = (amountMinor: number, currency: string) => ({
    currency,
    value: decimalOfMinor(amountMinor, currency),
  });
  const refuse = (ability: Ability) => async () => {
    throw new Error(`Mollie cannot ${ability}: ${CANNOT[ability]}`);
  };
  const sign = (body: string): SignedRequest => ({
    path: pathOf(webhookAddress(webhookUrl, 'ord_1', [SECRET])),
    headers: FORM,
    body,
  });
  return {
    unknownPaymentId: 'tr_ofNobody',
    async becomeUnknown(id) {
      account.find(id).status = 'ofTomorrow';
    },
    async pay(id) {
      const isHeld = account.find(id).captureMode === 'manual';
      account.move(id, ['open'], isHeld ? 'authorized' : 'paid');
    },
    authorize: async (id) => void account.move(id, ['open'], 'authorized'),
    async capture(id) {
      const { status } = account.find(id);
      if (status !== 'paid') account.move(id, ['open', 'pending', 'authorized'], 'paid');
    },
    async captureAmount(id, amountMinor) {
      account.move(id, ['open'], 'authorized');
      account.capture(id, moneyOf(amountMinor, account.find(id).amount.currency));
      account.release(id);
    },
    reverse: refuse('take a capture back'),
    pend: refuse('tell that the bank still works on it'),
    fail: async (id) => void account.move(id, ['open', 'pending'], 'failed'),
    async refund(id, amountMinor, status = 'succeeded') {
      const { amount } = account.find(id);
      const money = amountMinor === undefined ? amount : moneyOf(amountMinor, amount.currency);
      const made = account.refund(id, money, {}, status === 'pending' ? status : 'refunded');
      return { refundId: made.id };
    },
    async endRefund(refundId, end) {
      account.endRefund(refundId, end === 'succeeded' ? 'refunded' : 'failed');
    },
    dispute: async (id) => account.chargeBack(id),
    async endDispute(id, end) {
      if (end === 'won') account.reverseChargeback(id);
    },
    async strangePayment(orderId, { amountMinor = 4_999, currency = 'EUR', maker } = {}) {
      const installation =
        maker === 'another installation' ? ANOTHER_INSTALLATION : await installationId();
      const mark = maker === 'other software' ? {} : { [INSTALLATION_FIELD]: installation };
      const url = webhookAddress(webhookUrl, orderId, [SECRET]);
      const metadata = { orderId, ...mark };
      return account.create({ amount: moneyOf(amountMinor, currency), metadata, webhookUrl: url })
        .id;
    },
    paymentsOf: async (orderId) =>
      [...account.payments.values()]
        .filter(({ metadata }) => metadata.orderId === orderId)
        .map(stored),
    sign,
    signedAnew: (request, how) => ({ ...request, path: pathSigned(request.path, how) }),
    ofTomorrow(body, what) {
      if (what === 'another field') return `${body}&ofTomorrow=1`;
      return what === 'another type' ? body.replace('id=tr_', 'id=new_') : null;
    },
    async disturb(trouble) {
      Object.assign(faults, { trouble, struck: 0 });
    },
    async answerAgain() {
      faults.trouble = null;
    },
  };
}

function stored({ id, status, amount, amountCaptured, refunds, chargebacks }: MolliePayment) {
  const minor = ({ value, currency }: MolliePayment['amount']) => minorOfDecimal(value, currency);
  const captured = status === 'paid' ? minor(amountCaptured ?? amount) : 0;
  return {
    paymentId: id,
    currency: amount.currency,
    capturedMinor: captured,
    capturesMinor: captured > 0 ? [captured] : [],
    refundsMinor: refunds
      .filter((refund) => refund.status === 'refunded')
      .map((refund) => minor(refund.amount)),
    lostMinor: chargebacks
      .filter(({ reversedAt }) => reversedAt === null)
      .reduce((sum, chargeback) => sum + minor(chargeback.amount), 0),
    isVoided: ['canceled', 'expired', 'failed'].includes(status),
  };
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}

function pathSigned(path: string, how: Signature): string {
  const { pathname, searchParams } = new URL(path, 'http://127.0.0.1');
  const orderId = searchParams.get('orderId') ?? '';
  if (how === 'not at all') return `${pathname}?${new URLSearchParams({ orderId })}`;
  const secrets: Partial<Record<Signature, string>> = {
    'with the secret before': SECRET_BEFORE,
    'with another secret': 'signs-the-addresses-of-another',
  };
  const signature =
    how === 'in no known form' ? 'no hexadecimal' : signatureOf(orderId, secrets[how] ?? SECRET);
  return `${pathname}?${new URLSearchParams({ orderId, signature })}`;
}
