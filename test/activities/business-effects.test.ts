import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { Webhook } from 'standardwebhooks';
import { type Activities, createActivities } from '../../src/activities/index.ts';
import { viewOf } from '../../src/domain/view.ts';
import { openDatabase } from '../../src/store/database.ts';
import { listCreditNotes } from '../../src/store/effects/credit-notes.ts';
import { crmUpdates } from '../../src/store/effects/crm-updates.ts';
import { listEntitlements } from '../../src/store/effects/entitlements.ts';
import { readInvoice } from '../../src/store/effects/invoices.ts';
import { trialBalance } from '../../src/store/effects/postings.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { type HttpReceiver, openReceiver } from '../support/http-receiver.ts';
import { newOrder, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ID = 'ord.1042';
const ORDER = viewOf(paidLedger(ID));

let database: TestDatabase;
let crm: HttpReceiver;
let access: HttpReceiver;
let activities: Activities;

/** For each test of a suite: a world of its own. Outside of a suite it would be made for every test there is. */
function inAWorldOfItsOwn(): void {
  beforeEach(async () => {
    database = await freshDatabase();
    [crm, access] = await Promise.all([openReceiver(), openReceiver()]);
    await insertOrder(database, newOrder(ID));
    activities = createActivities({
      database,
      gateways: {},
      crmUrl: crm.url,
      accessUrl: access.url,
      effectsSecret: SECRET,
    });
  });
  afterEach(() => Promise.all([database.close(), crm.close(), access.close()]));
}

/** Runs an activity as its nth try. */
async function run<I, O>(activity: (input: I) => Promise<O>, input: I, attempt = 1): Promise<O> {
  const environment = new MockActivityEnvironment(
    { attempt },
    { logger: new DefaultLogger('ERROR') },
  );
  return (await environment.run(activity, input)) as O;
}

async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await running;
  } catch (error) {
    assert(error instanceof ApplicationFailure, String(error));
    return error;
  }
  return assert.fail('nothing failed');
}

const grant = {
  order: ORDER,
  command: { effect: 'grant_access' as const, key: `${ID}:grant_access:1`, epoch: 1 },
};
const revoke = {
  order: ORDER,
  command: {
    effect: 'revoke_access' as const,
    key: `${ID}:revoke_access:1`,
    epoch: 1,
    after: grant.command.key,
  },
};
const invoice = {
  order: ORDER,
  command: { effect: 'issue_invoice' as const, key: `${ID}:issue_invoice:1`, epoch: 1 },
};
const update = {
  order: ORDER,
  command: {
    effect: 'update_crm' as const,
    key: `${ID}:update_crm:paid-1`,
    state: 'paid' as const,
  },
};
const note = {
  order: ORDER,
  command: {
    effect: 'issue_credit_note' as const,
    key: `${ID}:issue_credit_note:re_1`,
    refundId: 're_1',
    amountMinor: 100,
    after: invoice.command.key,
  },
};
const posting = {
  order: ORDER,
  command: {
    effect: 'post_ledger' as const,
    key: `${ID}:post_ledger:capture-pay_1`,
    kind: 'capture' as const,
    reference: 'pay_1',
    amountMinor: 4999,
    currency: 'INR',
  },
};

const entitled = async () =>
  (await listEntitlements(database, 'cus_7')).map(({ revokedAt }) =>
    revokedAt === null ? 'granted' : 'revoked',
  );

describe('a business effect that runs again', () => {
  inAWorldOfItsOwn();

  it('answers how many tries it took', async () => {
    assert.deepEqual(await run(activities.grantAccess, grant, 3), { attempts: 3 });
  });

  it('has granted access once and told so once', async () => {
    for (const attempt of [1, 2, 3]) await run(activities.grantAccess, grant, attempt);
    assert.deepEqual(await entitled(), ['granted']);
    assert.equal(access.requests.length, 1);
  });

  it('has revoked access once and told so once', async () => {
    await run(activities.grantAccess, grant);
    for (const attempt of [1, 2]) await run(activities.revokeAccess, revoke, attempt);
    assert.deepEqual(await entitled(), ['revoked']);
    assert.deepEqual(
      access.requests.map(({ body }) => JSON.parse(body).type),
      ['access.granted', 'access.revoked'],
    );
  });

  it('has told the same once more where a person has sent it again, however often it runs', async () => {
    await run(activities.updateCrm, update);
    const again = { ...update, command: { ...update.command, times: 2 } };
    for (const attempt of [1, 2]) await run(activities.updateCrm, again, attempt);
    assert.equal(crm.requests.length, 2);
    const [first, second] = crm.requests;
    assert.equal(second?.body, first?.body);
    assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
    const [logged] = await crmUpdates.list(database, ID);
    assert.equal(logged?.timesSent, 2);
  });

  it('has issued one invoice, with what the order says', async () => {
    for (const attempt of [1, 2]) await run(activities.issueInvoice, invoice, attempt);
    const issued = await readInvoice(database, ID);
    const { issuedAt: _, ...content } = issued ?? { issuedAt: null };
    assert.deepEqual(content, {
      number: 1,
      printed: 'INV-000001',
      orderId: ID,
      epoch: 1,
      key: invoice.command.key,
      customerId: 'cus_7',
      email: 'ada@example.com',
      description: 'Two tickets',
      customerName: null,
      customerAddress: null,
      seller: { name: 'Payonce', lines: [] },
      layout: 2,
      amountMinor: 4999,
      discountMinor: null,
      currency: 'INR',
      gateway: 'sandbox',
      lines: null,
    });
  });

  it('has issued one credit note against the invoice', async () => {
    await run(activities.issueInvoice, invoice);
    for (const attempt of [1, 2]) await run(activities.issueCreditNote, note, attempt);
    assert.deepEqual(
      (await listCreditNotes(database, ID)).map((one) => [one.invoiceNumber, one.amountMinor]),
      [[1, 100]],
    );
  });

  it('has posted one entry to the books', async () => {
    for (const attempt of [1, 2]) await run(activities.postLedger, posting, attempt);
    assert.deepEqual(
      (await trialBalance(database, ID)).map((one) => [one.account, one.balanceMinor]),
      [
        ['gateway_clearing:sandbox', 4999],
        ['order_receipts', -4999],
      ],
    );
  });

  it('has told the CRM once', async () => {
    for (const attempt of [1, 2]) await run(activities.updateCrm, update, attempt);
    assert.equal(crm.requests.length, 1);
  });
});

describe('a grant that its revocation overtook', () => {
  inAWorldOfItsOwn();

  it('grants nothing and tells nobody', async () => {
    await run(activities.revokeAccess, revoke);
    await run(activities.grantAccess, grant);
    assert.deepEqual(await entitled(), []);
    assert.deepEqual(
      access.requests.map(({ body }) => JSON.parse(body).type),
      ['access.revoked'],
    );
  });
});

describe('the books', () => {
  inAWorldOfItsOwn();

  it('are even again when everything was reversed', async () => {
    const kinds = [
      'capture',
      'refund',
      'refund_reversed',
      'chargeback',
      'chargeback_reversed',
      'capture_reversed',
    ] as const;
    for (const kind of kinds) {
      const command = { ...posting.command, kind, key: `${ID}:post_ledger:${kind}` };
      await run(activities.postLedger, { order: ORDER, command });
    }
    const balances = await trialBalance(database, ID);
    assert.deepEqual(
      balances.map(({ account, balanceMinor }) => [account, balanceMinor]),
      ['chargebacks', 'gateway_clearing:sandbox', 'order_receipts', 'refunds_paid'].map((name) => [
        name,
        0,
      ]),
    );
  });
});

describe('a message to the CRM', () => {
  inAWorldOfItsOwn();

  it('is signed as Standard Webhooks and carries the order under the effect key', async () => {
    await run(activities.updateCrm, update);
    const [request] = crm.requests;
    assert(request !== undefined);
    const headers = request.headers as Record<string, string>;
    const message = new Webhook(SECRET).verify(request.body, headers) as {
      type: string;
      timestamp: string;
      data: { id: string };
    };
    assert.deepEqual([message.type, message.data.id], ['order.paid', ID]);
    assert.equal(headers['idempotency-key'], update.command.key);
    assert.doesNotMatch(String(headers['webhook-id']), /\./);
    assert.equal(new Date(message.timestamp).toISOString(), message.timestamp);
  });

  it('holds nothing that a payment could be made with', async () => {
    const [payment] = ORDER.payments;
    assert(payment !== undefined);
    const checkout = { clientSecret: 'pi_1_secret' };
    const order = { ...ORDER, payments: [{ ...payment, checkout }] };
    await run(activities.updateCrm, { ...update, order });
    assert.doesNotMatch(crm.requests[0]?.body ?? '', /pi_1_secret/);
  });

  it('says the same on every try, under the same key, until it is taken', async () => {
    crm.replies.push(503, 'reset');
    await failureOf(run(activities.updateCrm, update, 1));
    const later = { ...update, order: { ...ORDER, version: 99 } };
    await failureOf(run(activities.updateCrm, later, 2));
    await run(activities.updateCrm, later, 3);
    assert.equal(new Set(crm.requests.map(({ body }) => body)).size, 1);
    assert.equal(new Set(crm.requests.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(crm.requests.length, 3);
    const [logged] = await crmUpdates.list(database, ID);
    assert(logged?.sentAt instanceof Date);
  });

  it('is repeated under the same key when the worker died before it was marked as sent', async () => {
    await run(activities.updateCrm, update);
    await database.pool.query('update crm_updates set sent_at = null');
    await run(activities.updateCrm, update, 2);
    assert.deepEqual(
      crm.requests.map(({ headers }) => headers['idempotency-key']),
      [update.command.key, update.command.key],
    );
  });

  for (const status of [400, 401, 404, 410, 422]) {
    it(`is refused for good by ${status}, with a code and without the answer's body`, async () => {
      crm.replies.push(status);
      const failure = await failureOf(run(activities.updateCrm, update));
      assert.deepEqual(
        [failure.nonRetryable, failure.type, failure.details?.[0]],
        [true, 'DeliveryRefusal', `http_${status}`],
      );
      assert.equal(failure.message, `the CRM answered ${status} to order.paid`);
    });
  }

  it('says of a refusal whether it was ever taken, also where it was to be sent before there was a CRM', async () => {
    const local = createActivities({ database, gateways: {} });
    await run(local.updateCrm, update);
    const again = { ...update, command: { ...update.command, times: 2 } };
    crm.replies.push(422);
    const never = await failureOf(run(activities.updateCrm, again));
    assert.deepEqual(never.details, ['http_422', 'undelivered']);
    await run(activities.updateCrm, again);
    const third = { ...update, command: { ...update.command, times: 3 } };
    crm.replies.push(422);
    const once = await failureOf(run(activities.updateCrm, third));
    assert.deepEqual(once.details, ['http_422']);
  });

  for (const reply of [408, 409, 425, 429, 500, 503, 'reset', 'redirect'] as const) {
    it(`is tried again after ${reply}`, async () => {
      crm.replies.push(reply);
      const failure = await failureOf(run(activities.updateCrm, update));
      assert.deepEqual([failure.nonRetryable, failure.type], [false, 'DeliveryOutcomeUnknown']);
    });
  }

  it('is only logged where there is no CRM', async () => {
    const local = createActivities({ database, gateways: {} });
    await run(local.updateCrm, update);
    const [logged] = await crmUpdates.list(database, ID);
    assert.deepEqual([logged?.type, logged?.sentAt], ['order.paid', null]);
    assert.equal(crm.requests.length, 0);
  });

  it('cannot be configured without a secret to sign with', () => {
    assert.throws(
      () => createActivities({ database, gateways: {}, crmUrl: crm.url }),
      /EFFECTS_SECRET/,
    );
  });
});

describe('the record activities', () => {
  inAWorldOfItsOwn();

  it('give back what was written', async () => {
    const ledger = paidLedger(ID);
    await run(activities.writeRecord, recordOf(ledger));
    assert.deepEqual(await run(activities.loadRecord, { orderId: ID }), ledger);
  });

  it('are tried again for an order without a row', async () => {
    const failure = await failureOf(run(activities.loadRecord, { orderId: 'ord_none' }));
    assert.deepEqual([failure.nonRetryable, failure.type], [false, 'UnknownOrderError']);
  });
});

describe('an effect that the database refuses', () => {
  inAWorldOfItsOwn();

  it('is tried again, and the failure tells no parameters', async () => {
    await database.pool.query('alter table invoices rename to hidden');
    const failure = await failureOf(run(activities.issueInvoice, invoice));
    assert.deepEqual([failure.nonRetryable, failure.type], [false, 'DatabaseFailure']);
    assert.equal(failure.message, 'the database refused a statement (SQLSTATE 42P01)');
    assert.equal(failure.cause, undefined);
  });
});

describe('an effect while the database cannot be reached', () => {
  inAWorldOfItsOwn();

  it('is tried again, and the failure tells no parameters', async () => {
    const absent = openDatabase('postgres://nobody@127.0.0.1:1/none');
    const { issueInvoice, writeRecord } = createActivities({ database: absent, gateways: {} });
    const effect = await failureOf(run(issueInvoice, invoice));
    assert.deepEqual([effect.nonRetryable, effect.type], [false, 'DatabaseFailure']);
    assert.match(effect.message, /^the database did not answer: connect ECONNREFUSED/);
    const record = await failureOf(run(writeRecord, recordOf(paidLedger(ID))));
    assert.equal(record.nonRetryable, false);
    assert.doesNotMatch(`${effect.message}${record.message}`, /cus_7/);
    await absent.close();
  });
});
