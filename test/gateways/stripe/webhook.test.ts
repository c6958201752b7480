/** T43, T45: which webhooks are Stripe's, decided over the raw bytes. */
import assert from 'node:assert/strict';
import { WebhookRejection } from '../../../src/gateways/gateway.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import { eventOf, gateway, SECRETS, sample, signatureOf } from './samples.ts';

const body = eventOf(
  'payment_intent.succeeded',
  sample('payment-intent', { description: 'Ünïcode €' }),
);

function read(raw: string | Buffer, header: string | undefined) {
  return gateway.readWebhook(Buffer.from(raw), { 'stripe-signature': header });
}

function assertRejected(code: string, raw: string | Buffer, header: string | undefined): void {
  assert.throws(
    () => read(raw, header),
    (error) => error instanceof WebhookRejection && error.code === code,
  );
}

describe("a webhook with Stripe's signature, T43 T45", () => {
  for (const secret of SECRETS)
    it(`is read under ${secret}, as two are in use while one is replaced`, () => {
      assert.equal(read(body, signatureOf(body, { secret })).kind, 'fact');
    });

  it('is read when Stripe signs with an old and a new secret at once', () => {
    const [, theirs] = signatureOf(body, { secret: 'whsec_another' }).split(',');
    const [time, ours] = signatureOf(body).split(',');
    assert.equal(read(body, `${time},${theirs},${ours},v0=00`).kind, 'fact');
  });

  for (const ageS of [298, -298])
    it(`is read ${Math.abs(ageS)} s ${ageS > 0 ? 'late' : 'early'}`, () => {
      assert.equal(read(body, signatureOf(body, { ageS })).kind, 'fact');
    });

  for (const ageS of [305, -305])
    it(`is refused ${Math.abs(ageS)} s ${ageS > 0 ? 'late' : 'early'}`, () => {
      assertRejected('timestamp_out_of_tolerance', body, signatureOf(body, { ageS }));
    });

  it('is refused with one byte changed, or the same JSON written another way', () => {
    const header = signatureOf(body);
    assertRejected('signature_invalid', body.replace('2000', '2001'), header);
    assertRejected('signature_invalid', JSON.stringify(JSON.parse(body), null, 2), header);
    assertRejected('signature_invalid', `${body}\n`, header);
  });

  it('is refused under a secret that is not ours', () => {
    assertRejected('signature_invalid', body, signatureOf(body, { secret: 'whsec_another' }));
  });

  it('is refused without a header', () => {
    assertRejected('signature_missing', body, undefined);
    assertRejected('signature_missing', body, '');
  });

  const malformed = ['v1=00', 't=1', 't=now,v1=00', 't=1,v1=', 't=1,v0=00', 'x', 't=1,v1=zz'];
  for (const header of malformed)
    it(`is refused with "${header}" for a header, whatever its length`, () => {
      assertRejected('signature_malformed', body, header);
    });

  it('is refused, and nothing thrown but a rejection, with a digest of another length', () => {
    const [time] = signatureOf(body).split(',');
    assertRejected('signature_invalid', body, `${time},v1=00`);
  });
});

describe('the mode of a webhook', () => {
  const livemode = (value: boolean) =>
    eventOf('payment_intent.succeeded', sample('payment-intent'), { livemode: value });
  const kindFor = (secretKey: string, isLive: boolean): string => {
    const other = createStripeGateway({ secretKey, webhookSecrets: [...SECRETS] });
    const event = livemode(isLive);
    return other.readWebhook(Buffer.from(event), { 'stripe-signature': signatureOf(event) }).kind;
  };

  for (const key of ['sk_live_1', 'rk_live_1'])
    it(`must be live for ${key}`, () => {
      assert.equal(kindFor(key, true), 'fact');
      assert.equal(kindFor(key, false), 'ignored');
    });

  for (const key of ['sk_test_1', 'rk_test_1'])
    it(`must be test for ${key}`, () => {
      assert.equal(kindFor(key, false), 'fact');
      assert.equal(kindFor(key, true), 'ignored');
    });

  it('cannot be told from a key of no mode, which is refused at once', () => {
    for (const secretKey of ['pk_test_1', 'whsec_1', ''])
      assert.throws(
        () => createStripeGateway({ secretKey, webhookSecrets: [] }),
        /STRIPE_SECRET_KEY/,
      );
  });
});

describe('the account of a webhook', () => {
  const about = (account?: string) =>
    eventOf('payment_intent.succeeded', sample('payment-intent'), { ...(account && { account }) });
  const heard = (accountId: string | undefined, event: string) => {
    const settings = { secretKey: 'sk_test_1', webhookSecrets: [...SECRETS] };
    const ours = createStripeGateway({ ...settings, ...(accountId && { accountId }) });
    return ours.readWebhook(Buffer.from(event), { 'stripe-signature': signatureOf(event) });
  };

  it('is ours where the event names none', () => {
    for (const accountId of [undefined, 'acct_ours'])
      assert.equal(heard(accountId, about()).kind, 'fact');
  });

  it('is ignored where it is a connected one, and ours where it is the one that is configured', () => {
    for (const accountId of [undefined, 'acct_ours']) {
      const { eventId, ...message } = heard(accountId, about('acct_connected'));
      assert.deepEqual(message, { kind: 'ignored', reason: 'other_account' });
    }
    assert.equal(heard('acct_ours', about('acct_ours')).kind, 'fact');
  });
});
