/** Each invariant of an order holds for one that was paid and refunded in part, and reports what breaks it. */
import assert from 'node:assert/strict';
import { openLedger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import { TERMS } from '../support/order-events.ts';
import type { GatewayPayment, OrderEvidence, RecordedOrder } from './evidence.ts';
import { brokenBy, ORDER_INVARIANTS } from './index.ts';

const { orderId: ID, amountMinor: AMOUNT, currency: CURRENCY } = TERMS;
const keyOf = (effect: string, cause: string | number) => `${ID}:${effect}:${cause}`;

const REFUND = { id: 'ref_1', amount: 40, status: 'succeeded' } as const;

const PAYMENT: GatewayPayment = {
  id: 'pay_1',
  status: 'captured',
  amount: AMOUNT,
  currency: CURRENCY,
  isOurs: true,
  captures: [{ captureId: 'pay_1', amount: AMOUNT, reversed: false }],
  refunds: [REFUND],
  disputes: [],
};

const OTHER_SIDE: Record<string, string> = { refund: 'refunds_paid' };

const entry = (kind: string, reference: string, amountMinor: number) => {
  const clearing = kind === 'capture' ? 'debit' : 'credit';
  return (['debit', 'credit'] as const).map((side) => ({
    key: keyOf('post_ledger', `${kind}-${reference}`),
    side,
    account:
      side === clearing ? 'gateway_clearing:sandbox' : (OTHER_SIDE[kind] ?? 'order_receipts'),
    amountMinor,
    currency: CURRENCY,
    kind,
    reference,
  }));
};

const EFFECTS = [
  ['grant_access', 1],
  ['issue_invoice', 1],
  ['issue_credit_note', 'ref_1'],
  ['post_ledger', 'capture-pay_1'],
  ['post_ledger', 'refund-ref_1'],
  ['update_crm', 'paid-1'],
] as const;

function goodOrder(): RecordedOrder {
  const ledger = openLedger(TERMS);
  const about = { paymentId: 'pay_1', amountMinor: AMOUNT, currency: CURRENCY };
  const capture = { captureId: 'pay_1', paymentId: 'pay_1', amountMinor: AMOUNT };
  return {
    id: ID,
    state: 'paid',
    version: 5,
    revision: 9,
    amountMinor: AMOUNT,
    currency: CURRENCY,
    view: {
      ...viewOf(ledger),
      state: 'paid',
      amountPaid: AMOUNT,
      amountRefunded: REFUND.amount,
      payments: [
        {
          id: 'pay_1',
          attempt: 1,
          status: 'captured',
          amount: AMOUNT,
          amountRefunded: REFUND.amount,
          amountAuthorized: 0,
          captureBefore: null,
          amountDiscounted: 0,
          amountFees: 0,
          checkout: null,
        },
      ],
      effects: EFFECTS.map(([effect, cause]) => ({
        key: keyOf(effect, cause),
        effect,
        status: 'done',
        attempts: 1,
        error: null,
      })),
    },
    isClosed: true,
    ledger: {
      ...ledger,
      access: { granted: true, epoch: 1 },
      entered: { initiated: 1, pending: 1, paid: 1 },
      recorded: 2,
      captures: { pay_1: { ...capture, captured: true, reversed: false } },
      refunds: {
        ref_1: { ...about, refundId: 'ref_1', amountMinor: REFUND.amount, status: 'succeeded' },
      },
    },
  };
}

function goodEvidence(): OrderEvidence & { order: RecordedOrder } {
  const event = { source: 'webhook', outcome: 'applied' } as const;
  return {
    orderId: ID,
    order: goodOrder(),
    payments: [PAYMENT],
    entitlements: [
      {
        epoch: 1,
        grantKey: keyOf('grant_access', 1),
        isGranted: true,
        revokeKey: null,
        isRevoked: false,
      },
    ],
    invoices: [{ key: keyOf('issue_invoice', 1), epoch: 1 }],
    creditNotes: [
      {
        key: keyOf('issue_credit_note', 'ref_1'),
        refundId: 'ref_1',
        amountMinor: REFUND.amount,
      },
    ],
    postings: [...entry('capture', 'pay_1', AMOUNT), ...entry('refund', 'ref_1', REFUND.amount)],
    crm: [{ key: keyOf('update_crm', 'paid-1'), type: 'order.paid', body: '{}', isTaken: true }],
    parkedPayments: [],
    outcomes: [
      { ...event, seq: 1, eventId: 'sandbox:evt_1', version: 2 },
      { ...event, seq: 2, eventId: 'sandbox:evt_2', version: 5 },
    ],
    moves: [
      { version: 2, from: 'initiated', to: 'pending' },
      { version: 4, from: 'pending', to: 'paid' },
    ],
  };
}

type Good = ReturnType<typeof goodEvidence>;

/** By the first word of an invariant's name; I5 is two, so their second word belongs to it. */
const BREAKS: [number: string, what: string, spoil: (good: Good) => OrderEvidence][] = [
  ['I1 ', 'a paid order has no access', (good) => ({ ...good, entitlements: [] })],
  ['I2 ', 'there are two invoices', (good) => ({ ...good, invoices: twice(good.invoices) })],
  ['I2 ', 'a refund has no credit note', (good) => ({ ...good, creditNotes: [] })],
  ['I3 ', 'the CRM never took an update', (good) => ({ ...good, crm: [] })],
  [
    'I3 ',
    'the CRM got two messages under one key',
    (good) => ({ ...good, crm: [...good.crm, ...good.crm.map((one) => ({ ...one, body: '1' }))] }),
  ],
  ['I4 ', 'an entry has one side', (good) => ({ ...good, postings: good.postings.slice(1) })],
  [
    'I4 ',
    'a refund is in the account of chargebacks',
    (good) => ({
      ...good,
      postings: good.postings.map((one) =>
        one.account === 'refunds_paid' ? { ...one, account: 'chargebacks' } : one,
      ),
    }),
  ],
  ['I4 ', 'a capture is posted twice', (good) => ({ ...good, postings: twice(good.postings) })],
  [
    'I5 no',
    'an event is applied twice',
    (good) => ({
      ...good,
      outcomes: good.outcomes.map((one) => ({ ...one, eventId: 'sandbox:evt_1' })),
    }),
  ],
  ['I5 no', 'an outcome is missing', (good) => ({ ...good, outcomes: good.outcomes.slice(1) })],
  [
    'I5 the',
    'the gateway holds money that is not in the books',
    (good) => ({ ...good, postings: [] }),
  ],
  [
    'I6 ',
    'the customer was charged twice',
    (good) => ({ ...good, payments: [PAYMENT, { ...PAYMENT, id: 'pay_2', refunds: [] }] }),
  ],
  [
    'I7 ',
    'more goes back than came in',
    (good) => ({ ...good, payments: [{ ...PAYMENT, refunds: [{ ...REFUND, amount: 101 }] }] }),
  ],
  ['I8 ', 'a move is missing', (good) => ({ ...good, moves: good.moves.slice(1) })],
  [
    'I8 ',
    'the version falls',
    (good) => ({ ...good, outcomes: good.outcomes.map((one) => ({ ...one, version: 2 })) }),
  ],
  [
    'I9 ',
    'an effect is still due',
    (good) => {
      const [first, ...others] = good.order.view.effects;
      const effects = first === undefined ? [] : [{ ...first, status: 'pending' as const }];
      const view = { ...good.order.view, effects: [...effects, ...others] };
      return { ...good, order: { ...good.order, view } };
    },
  ],
  [
    'I17 ',
    'a refund at the gateway is unknown',
    (good) => ({
      ...good,
      payments: [{ ...PAYMENT, refunds: [REFUND, { ...REFUND, id: 'ref_2' }] }],
    }),
  ],
  [
    'I17 ',
    'a capture is not at the gateway',
    (good) => ({ ...good, payments: [{ ...PAYMENT, captures: [] }] }),
  ],
  ['I18 ', 'what is called done was not done', (good) => ({ ...good, invoices: [] })],
  [
    'I18 ',
    'something was done that was never decided',
    (good) => ({ ...good, postings: [...good.postings, ...entry('capture', 'other', 1)] }),
  ],
  [
    'I19 ',
    'money of another installation is not parked',
    (good) => ({ ...good, payments: [PAYMENT, { ...PAYMENT, id: 'pay_9', isOurs: false }] }),
  ],
];

function twice<Item>(items: readonly Item[]): Item[] {
  return [...items, ...items];
}

describe('the invariants of an order', () => {
  it('hold for one that was paid once and refunded in part', () => {
    assert.deepEqual(brokenBy(goodEvidence()), []);
  });

  for (const [name, what, spoil] of BREAKS)
    it(`are broken when ${what} (${name.trim()})`, () => {
      const broken = brokenBy(spoil(goodEvidence())).map(({ invariant }) => invariant);
      assert.ok(
        broken.some((invariant) => invariant.startsWith(name)),
        `only ${broken.join(', ') || 'none'} is reported`,
      );
    });

  it('are all tried here', () => {
    const untried = ORDER_INVARIANTS.map(({ name }) => name).filter(
      (name) => !BREAKS.some(([tried]) => name.startsWith(tried)),
    );
    assert.deepEqual(untried, []);
  });
});
