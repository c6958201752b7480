/** Lines of an order over HTTP, from the order to its invoice and credit notes, on the running stack. */
import assert from 'node:assert/strict';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { EUROPEAN_SELLER } from '../support/e-invoices.ts';
import { openPatiently } from '../support/patient-database.ts';
import { textOf } from '../support/pdf.ts';
import { ADDRESS } from '../support/people.ts';
import {
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

interface Refusal {
  code: string;
  detail: string;
  errors?: { pointer: string; message: string }[];
}

const BOOKS = { description: 'Book', quantity: 2, unitAmount: 1_000, taxRate: '7' };
const MUG = { description: 'Mug', quantity: 1, unitAmount: 2_500, taxRate: '19', discount: 400 };
/** 20.00 and 21.00 less 1.00, and 7 % and 19 % of what is left of each: 1.37 and 3.89. */
const LINES = { lineItems: [BOOKS, MUG], taxBehavior: 'exclusive', discount: 100 };
const TOTAL = 4_000 + 137 + 389;

let shop: Shop;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
});

const create = <T>(id: string, more: object) =>
  shop.call<T>('POST', '/v1/orders', orderBody(id, more));

describe('an order with lines', () => {
  it('shows them with what they come to, and the tax of each rate', async () => {
    const id = newOrderId();
    const { status, body } = await create<Order>(id, { ...LINES, amount: TOTAL });
    assert.equal(status, 201);
    const read = await shop.call<Order>('GET', `/v1/orders/${id}`);
    for (const order of [body, read.body]) {
      assert.deepEqual(order.lineItems, [
        { ...BOOKS, amount: 2_000 },
        { ...MUG, amount: 2_100 },
      ]);
      assert.deepEqual([order.taxBehavior, order.discount], ['exclusive', 100]);
      assert.deepEqual(order.taxes, [
        { taxRate: '7', taxable: 1_951, tax: 137 },
        { taxRate: '19', taxable: 2_049, tax: 389 },
      ]);
    }
  });

  it('is refused with both figures where its amount is another than its lines come to', async () => {
    const refused = await create<Refusal>(newOrderId(), { ...LINES, amount: TOTAL - 1 });
    assert.equal(refused.status, 422);
    assert.equal(refused.body.code, 'line_items_mismatch');
    assert.equal(
      refused.body.detail,
      `The amount is 45.25 INR, and the lines come to 45.26 INR (40.00 INR and 5.26 INR tax): send ${TOTAL}, or correct the lines.`,
    );
    assert.equal(refused.body.errors?.[0]?.pointer, '/amount');
  });

  for (const [currency, unitAmount, total] of [
    ['JPY', 999, '1,099 JPY'],
    ['KWD', 1_005, '1.106 KWD'],
  ] as const)
    it(`counts in the minor units of ${currency}`, async () => {
      const lineItems = [{ ...BOOKS, quantity: 1, unitAmount, taxRate: '10' }];
      const order = { amount: 1, currency, lineItems, taxBehavior: 'exclusive' };
      const refused = await create<Refusal>(newOrderId(), order);
      assert(refused.body.detail.includes(`come to ${total}`), refused.body.detail);
    });

  it('is the same order again with the same lines, and a conflict with others', async () => {
    const id = newOrderId();
    await create(id, { ...LINES, amount: TOTAL });
    assert.equal((await create(id, { ...LINES, amount: TOTAL })).status, 200);
    for (const [other, pointers] of [
      [{ ...LINES, lineItems: [{ ...BOOKS, description: 'Books' }, MUG] }, ['/lineItems']],
      [{ ...LINES, lineItems: [{ ...BOOKS, taxRate: '7.0' }, MUG] }, ['/lineItems']],
      [{}, ['/lineItems', '/taxBehavior', '/discount']],
    ] as const) {
      const refused = await create<Refusal>(id, { ...other, amount: TOTAL });
      assert.equal(refused.status, 409);
      assert.deepEqual(
        refused.body.errors?.map(({ pointer }) => pointer),
        pointers,
      );
    }
  });

  const wrong: [string, object, string, RegExp][] = [
    ['a rate as number', { lineItems: [{ ...BOOKS, taxRate: 7 }] }, '/lineItems/0/taxRate', /text/],
    [
      'a rate with a comma',
      { lineItems: [{ ...BOOKS, taxRate: '8,1' }] },
      '/lineItems/0/taxRate',
      /point/,
    ],
    [
      'no rate',
      { lineItems: [{ ...BOOKS, taxRate: undefined }] },
      '/lineItems/0/taxRate',
      /"0" where no tax/,
    ],
    [
      'a name that cannot be read',
      { lineItems: [{ ...BOOKS, description: '\u200b \u0001' }] },
      '/lineItems/0/description',
      /can be read/,
    ],
    [
      'a negative price',
      { lineItems: [{ ...BOOKS, unitAmount: -1 }] },
      '/lineItems/0/unitAmount',
      /negative/,
    ],
    [
      'half a quantity',
      { lineItems: [{ ...BOOKS, quantity: 0.5 }] },
      '/lineItems/0/quantity',
      /whole/,
    ],
    [
      'a discount beyond the line',
      { lineItems: [{ ...BOOKS, discount: 2_001 }] },
      '/lineItems/0/discount',
      /at most quantity/,
    ],
    [
      'a discount beyond all lines',
      { lineItems: [BOOKS], discount: 2_001 },
      '/discount',
      /at most what/,
    ],
    [
      'a reason beside a rate',
      { lineItems: [{ ...BOOKS, exemptionReason: 'x' }] },
      '/lineItems/0/exemptionReason',
      /"0"/,
    ],
    [
      'a line beyond any amount',
      { lineItems: [{ ...BOOKS, quantity: 1_000_000, unitAmount: 999_999_999_999 }] },
      '/lineItems/0/quantity',
      /at most 999999999999/,
    ],
    ['no lines', { lineItems: [] }, '/lineItems', /at least one/],
    [
      'too many lines',
      { lineItems: Array.from({ length: 101 }, () => BOOKS) },
      '/lineItems',
      /at most 100/,
    ],
    [
      'too many rates',
      { lineItems: Array.from({ length: 11 }, (_, i) => ({ ...BOOKS, taxRate: `${i}` })) },
      '/lineItems',
      /at most 10 different/,
    ],
    [
      'no tax behavior',
      { lineItems: [BOOKS], taxBehavior: undefined },
      '/taxBehavior',
      /inclusive/,
    ],
    ['a tax behavior without lines', {}, '/taxBehavior', /send lineItems/],
    [
      'a discount without lines',
      { taxBehavior: undefined, discount: 1 },
      '/discount',
      /send lineItems/,
    ],
    [
      'a field that is not known',
      { lineItems: [{ ...BOOKS, tax: 7 }] },
      '/lineItems/0/tax',
      /not known/,
    ],
  ];
  for (const [what, fields, pointer, message] of wrong)
    it(`is refused with ${what}`, async () => {
      const order = { taxBehavior: 'exclusive', ...fields };
      const { status, body } = await create<Refusal>(newOrderId(), order);
      assert.equal(status, 422);
      const error = body.errors?.find((one) => one.pointer === pointer);
      assert.match(error?.message ?? JSON.stringify(body), message);
    });

  it('has as many as a request can hold', async () => {
    const lineItems = Array.from({ length: 100 }, (_, i) => ({
      ...{ ...MUG, description: `${i} ${'x'.repeat(150)}`, taxRate: '0' },
      exemptionReason: 'Article 132',
    }));
    const amount = 100 * 2_100;
    const more = { lineItems, taxBehavior: 'inclusive', amount };
    assert.equal((await create<Order>(newOrderId(), more)).status, 201);
  });
});

describe('an operator', () => {
  it('sees the lines of an order', async () => {
    const id = newOrderId();
    await create<Order>(id, { ...LINES, amount: TOTAL });
    const { apiUrl, keys } = await sharedStack();
    const out: string[] = [];
    const env = { PAYONCE_URL: apiUrl, PAYONCE_API_KEY: keys.ops };
    await runCli(['show', id], { env, out: (text) => out.push(text), err: assert.fail });
    const text = out.join('\n');
    for (const row of [
      /Mug +1 x 25\.00 INR - 4\.00 INR +19 % +21\.00 INR/,
      /tax +on 19\.51 INR +7 % +1\.37 INR/,
    ])
      assert.match(text, row);
  });
});

describe('the papers of an order with lines', function () {
  this.timeout(120_000);
  let id: string;

  before(async function () {
    this.timeout(300_000);
    const given = await givenPendingOrder(shop, { ...LINES, amount: TOTAL });
    id = given.id;
    await shop.gateway('POST', `/payments/${given.paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
  });

  const textAt = async (path: string): Promise<string> => {
    const { apiUrl, keys } = await sharedStack();
    const headers = { authorization: `Bearer ${keys.ops}` };
    const response = await fetch(`${apiUrl}${path}`, { headers });
    assert.equal(response.status, 200);
    return textOf(Buffer.from(await response.arrayBuffer()));
  };

  it('are an invoice that lists them', async () => {
    const text = await textAt(`/v1/orders/${id}/invoice.pdf`);
    for (const part of ['Book', 'Mug (discount 4.00 INR)', '7 % tax on 19.51 INR', '45.26 INR'])
      assert(text.includes(part), `${part} is missing from ${text}`);
  });

  it('are an electronic invoice once all is there that one needs, and say what is missing before', async () => {
    const { keys, apiUrl, databaseUrl } = await sharedStack();
    const database = await openPatiently(databaseUrl);
    let number: string | undefined;
    try {
      const found = 'select printed from invoices where order_id = $1';
      const { rows } = await database.pool.query<{ printed: string }>(found, [id]);
      number = rows[0]?.printed;
      const path = `/v1/books/papers/${number}/e-invoice.xml`;
      const refused = await shop.call<Refusal>('GET', path);
      assert.equal(refused.status, 409);
      assert.equal(refused.body.code, 'e_invoice_incomplete');
      assert.match(refused.body.detail, /SELLER_COUNTRY was not set .*customer\.name/);
      await database.pool.query(
        'update invoices set seller = $2, customer_name = $3, customer_address = $4 where order_id = $1',
        [id, JSON.stringify(EUROPEAN_SELLER), 'Ada Lovelace', JSON.stringify(ADDRESS)],
      );
    } finally {
      await database.close();
    }
    const out: string[] = [];
    const env = { PAYONCE_URL: apiUrl, PAYONCE_API_KEY: keys.ops };
    const write = (text: string): number => out.push(text);
    assert.equal(
      await runCli(['books', 'e-invoice', number ?? ''], {
        env,
        out: write,
        write,
        err: assert.fail,
      }),
      0,
    );
    assert.match(out.join(''), /^<\?xml [\s\S]*<cbc:TaxAmount currencyID="INR">5\.26</);
  });

  it('are credit notes that together take back the tax of each rate exactly, however they meet', async () => {
    const amounts = [1_111, 1, 2_000, TOTAL - 3_112];
    await Promise.all(
      amounts.map((amount, i) =>
        shop.call(
          'POST',
          `/v1/orders/${id}/refunds`,
          { amount },
          { 'idempotency-key': `lines-${id}-${i}` },
        ),
      ),
    );
    const { refunds } = await untilOrder(
      shop,
      id,
      ({ amountRefunded, effects }) =>
        amountRefunded === TOTAL && effects.every(({ status }) => status === 'done'),
      'refunded, with every effect done',
    );
    const text = await textAt(`/v1/orders/${id}/refunds/${refunds[0]?.refundId}/credit-note.pdf`);
    assert.match(text, /Refund of INV-\d{6}/);
    const database = await openPatiently((await sharedStack()).databaseUrl);
    try {
      const { rows } = await database.pool.query<{ rate: string; taxable: string; tax: string }>(
        `select t ->> 'taxRate' as rate, sum((t ->> 'taxable')::int) as taxable, sum((t ->> 'tax')::int) as tax
         from credit_notes, json_array_elements(credited -> 'taxes') as t
         where order_id = $1 group by 1 order by 1 desc`,
        [id],
      );
      assert.deepEqual(rows, [
        { rate: '7', taxable: '1951', tax: '137' },
        { rate: '19', taxable: '2049', tax: '389' },
      ]);
    } finally {
      await database.close();
    }
  });
});
