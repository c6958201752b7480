/** What each event of Adyen's means, as its own OpenAPI file has it. */
import assert from 'node:assert/strict';
import { type FakeAdyen, openFakeAdyen } from '../../fakes/adyen/fake-adyen.ts';
import { wrongInWebhook } from '../../fakes/adyen/openapi.ts';
import type { Item } from '../../fakes/adyen/webhooks.ts';
import { adyenAt, INSTALLATION, item, readItems, referenceFor } from './support.ts';

const PSP = 'QFQTPCQ8HXSKGK82';
const ORIGINAL = '9913140798220028';
const AUTOMATIC = { merchantReference: referenceFor('ord_1', false) };
const FAILED = { success: 'false' };
/** An authorization is no change of another payment. */
const FIRST = { originalReference: undefined } as unknown as Partial<Item>;

const MEANINGS: [code: string, fields: Partial<Item>, type: string | null, ids?: object][] = [
  ['AUTHORISATION', FIRST, 'payment.authorized', { gatewayIds: { payment: PSP } }],
  [
    'AUTHORISATION',
    { ...FIRST, ...AUTOMATIC },
    'payment.captured',
    { captureId: PSP, gatewayIds: { payment: PSP } },
  ],
  ['AUTHORISATION', { ...FIRST, ...FAILED }, 'payment.failed'],
  ['CAPTURE', {}, 'payment.captured', { captureId: PSP }],
  ['CAPTURE', AUTOMATIC, 'payment.captured', { captureId: ORIGINAL }],
  ['CAPTURE', FAILED, 'capture.refused', { callId: PSP }],
  ['CAPTURE_FAILED', {}, 'capture.reversed', { captureId: PSP }],
  ['CAPTURE_FAILED', AUTOMATIC, 'capture.reversed', { captureId: ORIGINAL }],
  ['CANCELLATION', {}, 'payment.voided', { gatewayIds: { payment: ORIGINAL } }],
  ['CANCELLATION', FAILED, 'void.refused', { callId: PSP }],
  ['TECHNICAL_CANCEL', {}, 'payment.voided'],
  ['CANCEL_OR_REFUND', { additionalData: { 'modification.action': 'cancel' } }, 'payment.voided'],
  [
    'CANCEL_OR_REFUND',
    { additionalData: { 'modification.action': 'refund' } },
    'refund.succeeded',
    { refundId: PSP },
  ],
  ['REFUND', {}, 'refund.succeeded', { refundId: PSP }],
  ['REFUND', FAILED, 'refund.failed', { refundId: PSP }],
  ['REFUND_FAILED', {}, 'refund.failed', { refundId: PSP }],
  ['REFUNDED_REVERSED', {}, 'refund.reversed', { refundId: PSP }],
  ['EXPIRE', FIRST, 'payment.expired'],
  ['OFFER_CLOSED', FIRST, 'payment.failed'],
  [
    'NOTIFICATION_OF_CHARGEBACK',
    { additionalData: { defensePeriodEndsAt: '2021-07-31T03:03:08+02:00' } },
    'dispute.opened',
    { disputeId: PSP, respondBy: Date.parse('2021-07-31T01:03:08Z') },
  ],
  ['REQUEST_FOR_INFORMATION', {}, 'dispute.inquiry', { disputeId: PSP }],
  ['CHARGEBACK', {}, 'dispute.lost', { disputeId: PSP }],
  ['CHARGEBACK_REVERSED', {}, 'dispute.won', { disputeId: PSP }],
  ['ISSUER_RESPONSE_TIMEFRAME_EXPIRED', {}, 'dispute.won', { disputeId: PSP }],
  ['SECOND_CHARGEBACK', {}, 'dispute.lost', { disputeId: `${PSP}:second` }],
  ['PREARBITRATION_OPEN', {}, 'dispute.inquiry', { disputeId: `${PSP}:second` }],
  ['PREARBITRATION_WON', {}, 'dispute.won', { disputeId: `${PSP}:second` }],
  ['PREARBITRATION_LOST', {}, 'dispute.lost', { disputeId: `${PSP}:second` }],
  ['NOTIFICATION_OF_FRAUD', {}, null],
  ['RECURRING_CONTRACT', {}, null],
];

describe('an event of Adyen', () => {
  let fake: FakeAdyen;
  before(async () => {
    fake = await openFakeAdyen();
  });
  after(() => fake.close());

  for (const [code, fields, type, ids = {}] of MEANINGS)
    it(`${code}${JSON.stringify(fields)} is ${type ?? 'ignored'}`, () => {
      const [said] = readItems(fake, adyenAt(fake), [item(code, fields)]);
      assert.ok(said !== undefined && 'kind' in said);
      if (type === null) return assert.equal(said.kind, 'ignored');
      assert.equal(said.kind, 'fact', JSON.stringify(said));
      assert.ok(said.kind === 'fact');
      const { fact, orderId, installationId, occurredAt } = said;
      assert.deepEqual([orderId, installationId], ['ord_1', INSTALLATION]);
      assert.equal(occurredAt, Date.parse('2021-01-01T00:00:00Z'));
      assert.deepEqual([fact.type, fact.amountMinor, fact.currency], [type, 1_000, 'EUR']);
      assert.deepEqual({ ...fact, ...ids }, fact);
    });

  it('that reverses without saying which is for a person', () => {
    const [said] = readItems(fake, adyenAt(fake), [item('CANCEL_OR_REFUND')]);
    assert.ok(said !== undefined && 'kind' in said && said.kind === 'unprocessable');
    assert.match(said.reason, /modification\.action/);
  });

  it('is for a person where its amount is none of its currency, or its success no word that is known', () => {
    const odd = [
      item('REFUND', { amount: { currency: 'ISK', value: 1_050 } }),
      item('REFUND', { amount: { currency: 'EUR', value: 0 } }),
      item('REFUND', { success: 'perhaps' }),
    ];
    for (const said of readItems(fake, adyenAt(fake), odd))
      assert.ok('kind' in said && said.kind === 'unprocessable');
  });

  it('counts ISK and IDR in units of its own', () => {
    const money = [
      item('REFUND', { amount: { currency: 'ISK', value: 100_000 } }),
      item('REFUND', { amount: { currency: 'IDR', value: 50_000 } }),
    ];
    const amounts = readItems(fake, adyenAt(fake), money).map(
      (said) => 'kind' in said && said.kind === 'fact' && said.fact.amountMinor,
    );
    assert.deepEqual(amounts, [1_000, 5_000_000]);
  });

  it('has the form of the stand-in, which is that of the OpenAPI file', () => {
    for (const code of ['CAPTURE', 'REFUND_FAILED', 'CHARGEBACK', 'TECHNICAL_CANCEL'])
      assert.equal(wrongInWebhook(code, fake.webhooks.batchOf([item(code)])), null, code);
    assert.match(
      wrongInWebhook('CAPTURE', fake.webhooks.batchOf([item('CAPTURE', { success: 1 })])) ?? '',
      /success/,
    );
  });
});
