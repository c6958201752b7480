/**
 * Secrets and personal data are sent in by every way there is, through real requests, webhooks and
 * failures; afterwards everything that is kept or told is searched for them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {
  decoded,
  type EncryptedStack,
  encryptedStack,
  historyOf,
} from '../support/encrypted-stack.ts';
import {
  newOrderId,
  orderBody,
  type Reply,
  type Shop,
  shopOn,
  untilOrder,
} from '../support/shop.ts';
import { signedEvent } from '../support/webhooks.ts';

/** What may be nowhere. */
const CANARIES = {
  pan: '4242424242424242',
  'pan in groups': '4000 0566 5566 5556',
  cvv: 'cvv-canary-737',
  'webhook secret': 'whsec_Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5',
  'live key of a gateway': 'sk_live_canary51HxYzAbCdEf',
  'API key': 'payonce_ops_canary-canary-canary-canary',
  'e-mail in a wrong place': 'stray@elsewhere.example',
  'what a caller calls itself': 'canary-user-agent',
};
/** What is the client's own, and is told to it again: in the record, and nowhere else. */
const OWN = {
  'e-mail of the customer': 'own.canary@customer.example',
  'name of the customer': 'Own Canary Customer',
  'address of the customer': 'own-canary-street 1',
  'name of whom it is sent to': 'Own Canary Receiver',
  'phone of whom it is sent to': '+91 22 7654 3210',
  metadata: 'own-canary-metadata',
};

/** What no program could know for a secret: as a path or a field's name it is told back to its sender. */
const ANY_TEXT = [CANARIES.cvv, CANARIES['what a caller calls itself']];

const ALL = Object.values(CANARIES);

describe('canaries', function () {
  this.timeout(300_000);
  let stack: EncryptedStack;
  let shop: Shop;
  let orderId: string;
  const answers: string[] = [];

  before(async () => {
    stack = await encryptedStack();
    shop = shopOn(stack);
    orderId = await anOrderWithOwnData();
    await everyWrongWayIn();
    await everyWebhook();
    await everyFailure();
  });

  async function call(
    method: string,
    at: string,
    body?: unknown,
    headers = {},
  ): Promise<Reply<unknown>> {
    const reply = await shop.call(method, at, body, {
      'user-agent': CANARIES['what a caller calls itself'],
      cookie: `card=${CANARIES.pan}; cvv=${CANARIES.cvv}`,
      'x-forwarded-for': CANARIES['e-mail in a wrong place'],
      referer: `https://shop.example/?key=${CANARIES['API key']}`,
      ...headers,
    });
    answers.push(JSON.stringify([reply.body, [...reply.headers]]));
    return reply;
  }

  async function anOrderWithOwnData(): Promise<string> {
    const id = newOrderId();
    const address = { line1: OWN['address of the customer'], country: 'IN' };
    const customer = {
      id: `cus_${id}`,
      email: OWN['e-mail of the customer'],
      name: OWN['name of the customer'],
      address,
    };
    const [name, phone] = [OWN['name of whom it is sent to'], OWN['phone of whom it is sent to']];
    const own = {
      customer,
      shipping: { name, address, phone },
      metadata: { note: OWN.metadata },
      description: OWN.metadata,
    };
    assert.equal((await call('POST', '/v1/orders', orderBody(id, own))).status, 201);
    return id;
  }

  async function everyWrongWayIn(): Promise<void> {
    for (const canary of ALL) {
      const id = newOrderId();
      const inQuery = encodeURIComponent(canary);
      await call('GET', `/v1/orders/${orderId}?secret=${inQuery}`);
      if (!ANY_TEXT.includes(canary)) {
        await call('GET', `/v1/orders/${inQuery}`);
        await call('GET', `/${inQuery}/${inQuery}`);
        await call('POST', `/webhooks/${inQuery}`, {});
        await call('POST', '/v1/orders', orderBody(id, { [canary]: canary }));
      }
      await call('GET', '/v1/orders', undefined, { authorization: `Bearer ${canary}` });
      await call('POST', '/v1/orders', orderBody(id, { gateway: canary.slice(0, 32) }));
      await call('POST', '/v1/orders', orderBody(id, { currency: canary }));
      await call('POST', '/v1/orders', orderBody(id, { customer: { id: canary, email: canary } }));
      await call('POST', '/v1/orders', orderBody(id, { metadata: { card: { pan: canary } } }));
      await call('POST', `/v1/orders/${orderId}/verify`, { paymentId: canary, signature: canary });
      await call(
        'POST',
        `/v1/orders/${orderId}/refunds`,
        { amount: canary },
        { 'idempotency-key': canary },
      );
    }
    for (const pan of [CANARIES.pan, CANARIES['pan in groups']]) {
      const refused = await call(
        'POST',
        '/v1/orders',
        orderBody(newOrderId(), { description: pan }),
      );
      assert.equal(refused.status, 422);
    }
    const refused = await call(
      'POST',
      '/v1/orders',
      orderBody(newOrderId(), { cvv: CANARIES.cvv }),
    );
    assert.equal((refused.body as { code: string }).code, 'cardholder_data_rejected');
  }

  async function everyWebhook(): Promise<void> {
    const data = { paymentId: 'sbx_pay_none', orderId: newOrderId(), amount: 4999, holder: ALL };
    const unknownOrder = signedEvent('payment.captured', data);
    const unreadable = signedEvent('payment.captured', { ...data, amount: CANARIES.pan as never });
    const unknownType = signedEvent(`payment.${CANARIES['webhook secret']}`, data);
    for (const { body, headers } of [unknownOrder, unreadable, unknownType]) {
      await post(body, headers);
      await post(`${body} `, headers);
      await post(body, { ...headers, 'webhook-signature': `v1,${CANARIES['webhook secret']}` });
      await post(body, { ...headers, 'webhook-id': CANARIES['live key of a gateway'] });
    }
  }

  async function post(body: string, headers: Record<string, string>): Promise<void> {
    const url = `${stack.apiUrl}/webhooks/sandbox`;
    const response = await fetch(url, { method: 'POST', headers, body });
    answers.push(JSON.stringify([await response.text(), [...response.headers]]));
  }

  /** The CRM's answers repeat nothing; an effect that it refuses is in the log and in the history. */
  async function everyFailure(): Promise<void> {
    stack.crm.replies.push('reset', 500, 422);
    const prefer = { prefer: 'wait=30' };
    const paid = await call('POST', `/v1/orders/${orderId}/payments`, {}, prefer);
    await shop.gateway('POST', `/payments/${(paid.body as { id: string }).id}/capture`, {});
    await untilOrder(
      shop,
      orderId,
      ({ effects }) => effects.some(({ status }) => status === 'failed'),
      'refused by the CRM',
    );
  }

  it('were sent', () => {
    assert.ok(answers.length > 100);
  });

  it('are in no log of any process', () => {
    const folder = path.join(stack.dataDir, 'logs');
    for (const file of readdirSync(folder)) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      assertFree(text, [...ALL, ...Object.values(OWN)], file);
    }
    assert.match(readFileSync(path.join(folder, 'api.log'), 'utf8'), new RegExp(orderId));
  });

  it('are in no table, but for what is the client’s own in its record', async () => {
    const dump = await dumpOf(stack.databaseUrl);
    assert.ok(dump.length > 10);
    for (const { column, text } of dump) assertFree(text, ALL, column);
    const holding = dump.filter(({ text }) => Object.values(OWN).some((own) => text.includes(own)));
    assert.deepEqual(
      holding.map(({ column }) => column),
      OWN_COLUMNS,
    );
  });

  it('are in no history', async () => {
    const history = decoded(await historyOf(orderId));
    assertFree(history, [...ALL, ...Object.values(OWN)], 'history');
  });

  it('are in no answer, but for what is the client’s own', () => {
    const telling = answers.filter((answer) => findIn(answer, ALL) !== undefined);
    assert.deepEqual(telling, []);
    const { pan } = CANARIES;
    assert.throws(() => assertFree(`a ${pan} b`, ALL, 'the search itself'));
  });
});

/** Where an order's own e-mail, description and metadata are kept, and the invoice that shows them. */
const OWN_COLUMNS = [
  'invoices.customer_address',
  'invoices.customer_name',
  'invoices.description',
  'invoices.email',
  'orders.description',
  'orders.email',
  'orders.metadata',
  'orders.people',
];

/** Also without the spaces in between, and as base64. */
function assertFree(text: string, canaries: readonly string[], where: string): void {
  const found = findIn(text, canaries);
  assert.ok(found === undefined, `${found?.slice(0, 8)}… is in ${where}`);
}

function findIn(text: string, canaries: readonly string[]): string | undefined {
  return canaries
    .flatMap((one) => [one, one.replaceAll(' ', ''), Buffer.from(one).toString('base64')])
    .find((form) => text.includes(form));
}

/** Every column of every table as one text; bytes as they are, and as text. */
async function dumpOf(url: string): Promise<{ column: string; text: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ table: string; name: string; type: string }>(
      `select table_name as table, column_name as name, data_type as type
       from information_schema.columns where table_schema = 'public' order by 1, 2`,
    );
    const dump = [];
    for (const { table, name, type } of rows) {
      const value = type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`;
      const sql = `select coalesce(string_agg(${value}, ' '), '') as text from "${table}"`;
      const { rows: texts } = await client.query<{ text: string }>(sql);
      dump.push({ column: `${table}.${name}`, text: decoded(texts[0]?.text ?? '') });
    }
    return dump;
  } finally {
    await client.end();
  }
}
