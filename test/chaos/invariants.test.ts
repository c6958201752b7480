/** The checks of the chaos run hold on a real run, and each reports the fault that it is there for. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import type { CrmLine, Delivery, Evidence, Operation } from '../../chaos/evidence.ts';
import type { GatewayPayment, GatewayTruth } from '../../chaos/invariants/gateway-truth.ts';
import { checkInvariants, INVARIANTS } from '../../chaos/invariants/index.ts';
import { ORDER_WORKFLOW, TASK_QUEUE } from '../../src/workflows/inbox/messages.ts';
import { EFFECTS_SECRET, WEBHOOK_SECRET } from '../support/stack.ts';
import { newFolder, withGateway, withHistory, withLines } from './planted-faults.ts';
import { type SmallRun, tellSmallRun } from './small-run.ts';

describe('the evidence of a run', function () {
  this.timeout(240_000);
  let run: SmallRun;
  let evidence: Evidence;

  before(async () => {
    run = await tellSmallRun();
    // What is planted does not move, so nothing is waited for.
    evidence = { ...run.evidence, settings: { ...run.evidence.settings, drainLimitMs: 0 } };
  });
  after(() => run.close());

  it('shows no violation where nothing went wrong', async () => {
    assert.deepEqual(await checkInvariants(run.evidence), []);
  });

  /** What the invariants of this name say, as one text. */
  async function verdict(name: string, spoiled: Evidence): Promise<string> {
    const chosen = INVARIANTS.filter((invariant) => invariant.name.startsWith(`${name} `));
    assert(chosen.length > 0, name);
    const found = await checkInvariants(spoiled, chosen);
    return found.map(({ subject, detail }) => `${subject}: ${detail}`).join('\n');
  }

  function reports(what: string, name: string, spoil: () => Promise<Evidence>, words: RegExp) {
    it(`is reported by ${name} when ${what}`, async () => {
      assert.match(await verdict(name, await spoil()), words);
    });
  }

  describe('with a spoiled database', () => {
    beforeEach(async () => {
      await run.scratch.query('begin');
      // The triggers of the books refuse every fault that is planted here.
      await run.scratch.query('set local session_replication_role = replica');
    });
    afterEach(() => run.scratch.query('rollback'));

    function inDatabase(what: string, name: string, statement: string, words: RegExp) {
      const spoil = async () => {
        const { rowCount } = await run.scratch.query(statement);
        assert.notEqual(rowCount, 0, 'the fault was not planted');
        return evidence;
      };
      reports(what, name, spoil, words);
    }

    inDatabase(
      'an open order has no run',
      'I15',
      `insert into orders select (jsonb_populate_record(row, '{"id": "ord_small_lost"}')).*
       from orders as row where id = 'ord_small_paid' and not closed`,
      /^ord_small_lost: it is open, and has no run$/,
    );
    inDatabase(
      'an order sleeps past its deadline',
      'I16',
      `update orders set next_deadline_at = now() - interval '2 minutes'
       where id = 'ord_small_paid' and not closed`,
      /^ord_small_paid: its deadline was over 60 s ago$/,
    );
    inDatabase(
      'access was granted twice',
      'I1',
      `insert into entitlements (order_id, epoch, customer_id, grant_key, granted_at)
       select order_id, 2, customer_id, 'again', now() from entitlements
       where order_id = 'ord_small_paid'`,
      /^ord_small_paid: paid, with 2 entitlements$/,
    );
    inDatabase(
      'a paid order has no access',
      'I1',
      `delete from entitlements where order_id = 'ord_small_paid'`,
      /^ord_small_paid: paid, with 0 entitlements$/,
    );
    inDatabase(
      'a refunded order has kept its access',
      'I1',
      `update entitlements set revoked_at = null where order_id = 'ord_small_refunded'`,
      /^ord_small_refunded: refunded, with 1 entitlements$/,
    );
    inDatabase(
      'somebody has access without an order',
      'I1',
      `insert into entitlements (order_id, epoch, customer_id, granted_at)
       values ('ord_nobody', 1, 'cus', now())`,
      /^ord_nobody: no such order, with 1 entitlements$/,
    );
    inDatabase(
      'an order has two invoices',
      'I2',
      `insert into invoices (number, order_id, epoch, key, customer_id, amount_minor, currency, gateway)
       select 99, order_id, 2, 'again', customer_id, amount_minor, currency, gateway
       from invoices where order_id = 'ord_small_paid'`,
      /ord_small_paid: access was earned 1 times, and there are 2 invoices/,
    );
    inDatabase(
      'a number of the invoices is missing',
      'I2',
      `update number_series set last = last + 1 where name = 'invoice'`,
      /^invoice: numbers are not 1 to the last/,
    );
    inDatabase(
      'a refund has no credit note',
      'I2',
      `delete from credit_notes where amount_minor = 1000`,
      /^ord_small_refunded sbx_ref\w+: refunded 1000, without one credit note of that/m,
    );
    inDatabase(
      'a credit note is for no refund',
      'I2',
      `update credit_notes set refund_id = 'ref_nobody' where amount_minor = 1000`,
      /^ord_small_refunded ref_nobody: a credit note without a refund$/m,
    );
    inDatabase(
      'an entry has one side',
      'I4',
      `delete from postings where order_id = 'ord_small_paid' and side = 'credit'`,
      /ord_small_paid: INR does not balance: 4999/,
    );
    inDatabase(
      'a capture was posted twice',
      'I4',
      `insert into postings (key, side, account, amount_minor, currency, order_id, kind, reference)
       select key || '-again', side, account, amount_minor, currency, order_id, kind, reference
       from postings where order_id = 'ord_small_paid'`,
      /ord_small_paid: capture of sbx_pay\w+ stands 2 times\n.*the books hold 9998, the order shows 4999/,
    );
    inDatabase(
      'the books hold other money than the gateway',
      'I5 the books',
      `update postings set amount_minor = 4998 where order_id = 'ord_small_paid'`,
      /^ord_small_paid capture sbx_pay\w+: 4998 in the books, 4999 at the gateway$/,
    );
    inDatabase(
      'an order shows other money than the gateway',
      'I5 the books',
      `update orders set view = jsonb_set(view::jsonb, '{amountPaid}', '1')::json
       where id = 'ord_small_paid'`,
      /^ord_small_paid: shows 1 paid, the gateway holds 4999$/,
    );
    inDatabase(
      'an acknowledged event is not on record',
      'I5 no',
      `delete from order_events where event_id = 'sandbox:evt_own_ord_small_paid'`,
      /^ord_small_paid sandbox:evt_own_ord_small_paid: was acknowledged, and nobody knows of it/,
    );
    inDatabase(
      'an event was applied twice',
      'I5 no',
      `insert into order_events (order_id, seq, at, source, type, event_id, outcome, reason, version)
       select order_id, 1000, at, source, type, event_id, 'applied', reason, version
       from order_events where event_id = 'sandbox:evt_own_ord_small_paid' limit 1`,
      /sandbox:evt_own_ord_small_paid: was applied 2 times/,
    );
    inDatabase(
      'an outcome is missing',
      'I5 no',
      `delete from order_events where order_id = 'ord_small_cancelled' and seq = 2`,
      /ord_small_cancelled: \d+ outcomes were written, \d+ are there/,
    );
    inDatabase(
      'an order came back to life by itself',
      'I8',
      `insert into order_state_log (order_id, revision, version, from_state, to_state, at)
       select order_id, 1000 + n, 1000 + n,
              case n when 1 then 'refunded' else 'paid' end,
              case n when 1 then 'paid' else 'refunded' end, now()
       from (select distinct order_id from order_state_log
             where order_id = 'ord_small_refunded') own, generate_series(1, 2) n`,
      /^ord_small_refunded: refunded → paid, and nobody allowed it$/,
    );
    inDatabase(
      'a move is missing',
      'I8',
      `delete from order_state_log where to_state = 'pending' and order_id = 'ord_small_paid'`,
      /^ord_small_paid: pending → paid after it was initiated$/,
    );
    inDatabase(
      'a version falls',
      'I8',
      `update order_events set version = 1 where order_id = 'ord_small_refunded' and seq = 3`,
      /^ord_small_refunded: outcome 3 has version 1 after \d+$/m,
    );
    inDatabase(
      'an effect is still owed',
      'I9',
      `update orders set view = jsonb_set(view::jsonb, '{effects,0,status}', '"pending"')::json
       where id = 'ord_small_paid'`,
      /^ord_small_paid: ord_small_paid:\w+:.* is pending$/,
    );
    inDatabase(
      'somebody was never answered',
      'I9',
      `update orders set ledger = jsonb_set(ledger::jsonb, '{waiting}', '[{}]')::json
       where id = 'ord_small_paid'`,
      /^ord_small_paid: 1 inputs have had no answer$/,
    );
    inDatabase(
      'an event was taken up long after the last fault',
      'I9',
      `update order_events set at = now() + interval '1 hour'
       where event_id = 'sandbox:evt_own_ord_small_paid' and outcome = 'applied'`,
      /^ord_small_paid: webhook payment.authorized was taken up only at /,
    );
    inDatabase(
      'a secret lies in a table',
      'I10',
      `update orders set metadata = '{"note": "${WEBHOOK_SECRET}"}' where id = 'ord_small_paid'`,
      /^orders: the webhook secret is in the database$/,
    );
    inDatabase(
      'a secret lies in bytes',
      'I10',
      `insert into parked_events (gateway, identity, reason, body)
       values ('sandbox', 'evt', 'event_unprocessable', '${EFFECTS_SECRET}')`,
      /^parked_events: the effects secret is in the database$/,
    );
    inDatabase(
      'an order has no workflow',
      'I9',
      `insert into orders
       select (jsonb_populate_record(o, '{"id": "ord_ghost"}')).*
       from orders o where id = 'ord_small_paid'`,
      /^ord_ghost: it has no workflow$/,
    );
    inDatabase(
      'two requests share a refund',
      'I7',
      `update orders set view = jsonb_set(
         view::jsonb, '{refunds,0,refundId}', view::jsonb #> '{refunds,1,refundId}')::json
       where id = 'ord_small_refunded'`,
      /^ord_small_refunded: sbx_ref\w+ stands for two requests$/,
    );
    inDatabase(
      'the books know an order that nobody else does',
      'I4',
      `update postings set order_id = 'ord_nobody' where order_id = 'ord_small_paid'`,
      /ord_nobody: money of an order that is not there$/m,
    );
    inDatabase(
      'an order has a payment twice',
      'I6',
      `update orders set view = jsonb_set(view::jsonb, '{payments,0,id}', '"other"')::json
       where id = 'ord_small_paid'`,
      /^ord_small_paid: sbx_pay\w+ at the gateway belongs to no attempt$/,
    );
    for (const [orderId, words] of [
      ['ord_small_overpaid', /^ord_small_overpaid: 5999 charged for 4999, and no review of it$/],
      ['ord_small_cancelled', /^ord_small_cancelled: cancelled, and 4999 are held that no review/],
    ] as const)
      inDatabase(
        `nobody was told of money for ${orderId}`,
        'I6',
        `update orders set view = jsonb_set(view::jsonb, '{reviews}', '[]')::json
         where id = '${orderId}'`,
        words,
      );
  });

  describe('with a spoiled CRM log', () => {
    const isPaid = ({ orderId }: CrmLine) => orderId === 'ord_small_paid';
    const inCrm = (what: string, spoil: (lines: CrmLine[]) => CrmLine[], words: RegExp) =>
      reports(what, 'I3', () => withLines(evidence, 'crmFile', spoil), words);

    inCrm(
      'an update never arrived',
      (lines) => lines.filter((line) => !isPaid(line)),
      /^ord_small_paid: the CRM never took ord_small_paid:update_crm:paid-1$/,
    );
    inCrm(
      'an update was refused every time',
      (lines) => lines.map((line) => (isPaid(line) ? { ...line, status: 500 } : line)),
      /^ord_small_paid: the CRM never took ord_small_paid:update_crm:paid-1$/,
    );
    inCrm(
      'a change was told twice, under two keys',
      (lines) => [
        ...lines,
        ...lines.filter(isPaid).map((line) => ({ ...line, idempotencyKey: 'another-key' })),
      ],
      /^ord_small_paid: the CRM was told another-key, which never was so$/,
    );
    inCrm(
      'one key was told two things',
      (lines) => [...lines, ...lines.filter(isPaid).map((line) => ({ ...line, body: '{}' }))],
      /^ord_small_paid:update_crm:paid-1: the CRM was told different things under one key$/,
    );
    inCrm(
      'the updates came in the wrong order',
      (lines) => lines.toReversed(),
      /^ord_small_refunded: is refunded; the CRM heard order.paid last$/m,
    );
  });

  describe('with a gateway that knows better', () => {
    const paymentOf = (truth: GatewayTruth, orderId: string): GatewayPayment => {
      const found = truth.payments.find((payment) => payment.orderId === orderId);
      assert(found);
      return found;
    };

    function atGateway(
      what: string,
      name: string,
      spoil: (truth: GatewayTruth) => void,
      words: RegExp,
    ) {
      it(`is reported by ${name} when ${what}`, async () => {
        const spoiled = await withGateway(evidence, spoil);
        try {
          assert.match(await verdict(name, spoiled.evidence), words);
        } finally {
          spoiled.close();
        }
      });
    }

    atGateway(
      'a capture is in nobody’s books',
      'I5 the books',
      (truth) =>
        paymentOf(truth, 'ord_small_paid').captures.push({
          captureId: 'cap_lost',
          amount: 7,
          reversed: false,
        }),
      /^ord_small_paid capture cap_lost: 0 in the books, 7 at the gateway\n.*holds 5006$/,
    );
    atGateway(
      'money in another currency is known to nobody',
      'I5 the books',
      (truth) => {
        const payment = paymentOf(truth, 'ord_small_paid');
        truth.payments.push({ ...payment, id: 'sbx_pay_usd', currency: 'USD' });
      },
      /^ord_small_paid: holds money in another currency that nobody was told of$/,
    );
    atGateway(
      'an event that it got a 2xx for is on nobody’s record',
      'I5 no',
      ({ webhooks }) => {
        const attempts = [{ status: null }, { status: 200 }];
        webhooks.push({ id: 'evt_lost', type: 'payment.captured', orderId: 'ord_x', attempts });
      },
      /^ord_x sandbox:evt_lost: was acknowledged, and nobody knows of it$/,
    );
    atGateway(
      'the customer was charged twice',
      'I6',
      (truth) => {
        const payment = paymentOf(truth, 'ord_small_paid');
        truth.payments.push({ ...payment, id: 'sbx_pay_again' });
      },
      /ord_small_paid: 9998 charged for 4999, and no review of it\n.*sbx_pay_again at the gateway/,
    );
    atGateway(
      'a payment was refunded beyond what it brought',
      'I7',
      (truth) =>
        paymentOf(truth, 'ord_small_refunded').refunds.push({
          id: 'ref_again',
          amount: 1000,
          status: 'pending',
        }),
      /^sbx_pay\w+: over-refunded$/m,
    );
    atGateway(
      'one request became two refunds',
      'I7',
      (truth) => {
        const { refunds } = paymentOf(truth, 'ord_small_refunded');
        const more = [1, 2].map((n) => ({ id: `ref_${n}`, amount: 1, status: 'failed' }));
        refunds.push(...more);
      },
      /^ord_small_refunded: 4 refunds were made, where at most 3 were asked for$/,
    );
  });

  describe('with spoiled histories', () => {
    const inHistory = (
      what: string,
      name: string,
      spoil: (text: string) => string,
      words: RegExp,
    ) => reports(what, name, () => withHistory(evidence, 'ord_small_paid', spoil), words);

    inHistory(
      'an order has none',
      'I11',
      (text) => text,
      /^ord_small_refunded: its history was not exported$/m,
    );
    inHistory(
      'one does not replay',
      'I11',
      (text) => text.replaceAll('core_local_activity', 'another_marker'),
      /^ord_small_paid: does not replay: .*Nondeterminism/m,
    );
    inHistory(
      'a workflow task failed',
      'I11',
      (text) =>
        text
          .replace('"EVENT_TYPE_WORKFLOW_TASK_COMPLETED"', '"EVENT_TYPE_WORKFLOW_TASK_FAILED"')
          .replace(
            /"workflowTaskCompletedEventAttributes": \{/,
            '"workflowTaskFailedEventAttributes": { "cause": 24,',
          ),
      /the workflow task of event \d+ failed, cause 24/,
    );
    inHistory(
      'one cannot be read',
      'I11',
      (text) => text.slice(0, -100),
      /^ord_small_paid\..*: cannot be read: SyntaxError/m,
    );
    inHistory(
      'a secret lies in a payload',
      'I10',
      (text) => {
        const data = Buffer.from(`{"key":"${WEBHOOK_SECRET}"}`).toString('base64');
        return text.replace(/"data":\s*"[^"]+"/, `"data":"${data}"`);
      },
      /^ord_small_paid\..*: the webhook secret is in the histories$/,
    );
  });

  reports(
    'a secret is in a log',
    'I10',
    async () => {
      const log = path.join(await newFolder(evidence), 'api.log');
      await writeFile(log, `{"msg":"started"}\n{"header":"${WEBHOOK_SECRET}"}\n`);
      return { ...evidence, logFiles: [log] };
    },
    /^api.log: the webhook secret is in the logs$/,
  );

  describe('with spoiled logs of the callers', () => {
    const of = (kind: Operation['kind'], orderId: string) => (line: Operation) =>
      line.kind === kind && line.orderId === orderId && line.phase === 'ok';

    function inOperations(
      what: string,
      name: string,
      spoil: (lines: Operation[]) => Operation[],
      words: RegExp,
    ) {
      reports(what, name, () => withLines(evidence, 'operationsFile', spoil), words);
    }

    /** One more answer, like one that was given. */
    function andAlso(
      wanted: (line: Operation) => boolean,
      change: (line: Operation) => Partial<Operation>,
    ): (lines: Operation[]) => Operation[] {
      return (lines) => {
        const line = lines.findLast(wanted);
        assert(line, 'nothing to spoil');
        return [...lines, { ...line, id: 'spoiled', ...change(line) }];
      };
    }
    /** Every answer that there was is a definite no. */
    const refusing =
      (wanted: (line: Operation) => boolean) =>
      (lines: Operation[]): Operation[] =>
        lines.map((line) =>
          wanted(line) && line.phase !== 'invoke'
            ? { ...line, phase: 'fail', status: 422, code: 'validation_failed' }
            : line,
        );
    const bodyWith = (line: Operation, fields: object) => ({
      body: JSON.stringify({ ...JSON.parse(line.body ?? ''), ...fields }),
    });

    inOperations(
      'one key has two answers',
      'I12',
      andAlso(of('refund', 'ord_small_refunded'), (line) => ({
        ...bodyWith(line, { id: 'another-refund' }),
        replayed: false,
      })),
      /^refund-of-ord_small_refunded-\d+ .*had the answers yes: .* and yes: .*another-refund/,
    );
    inOperations(
      'an answer was replayed with other bytes',
      'I12',
      andAlso(
        (line) => of('refund', 'ord_small_refunded')(line) && line.replayed === true,
        (line) => bodyWith(line, { reason: 'another' }),
      ),
      /was replayed in 2 ways/,
    );
    inOperations(
      'a key was refused after it had been granted',
      'I12',
      andAlso(of('pay', 'ord_small_paid'), () => ({
        phase: 'fail',
        status: 409,
        code: 'order_closed',
      })),
      /had the answers yes: .* and no: order_closed/,
    );
    inOperations(
      'an answer is of no documented kind',
      'I13',
      andAlso(of('cancel', 'ord_small_cancelled'), () => ({ status: 204 })),
      /^cancel POST .*: answered 204, which it does not document$/,
    );
    inOperations(
      'an error has no known code',
      'I13',
      andAlso(of('read', 'ord_small_cancelled'), () => ({
        phase: 'info',
        status: 502,
        code: 'bad_gateway',
      })),
      /answered 502 bad_gateway, which is no known problem$/,
    );
    inOperations(
      'the API failed',
      'I13',
      andAlso(of('read', 'ord_small_cancelled'), () => ({
        phase: 'info',
        status: 500,
        code: 'internal_error',
      })),
      /failed with internal_error$/,
    );
    inOperations(
      'hostile input was taken',
      'I13',
      andAlso(of('read', 'ord_small_cancelled'), () => ({ kind: 'fuzz' })),
      /took hostile input: 200$/,
    );
    inOperations(
      'an order that was created is not there',
      'operations: what',
      andAlso(of('create', 'ord_small_paid'), () => ({ orderId: 'ord_gone' })),
      /^ord_gone: create was answered 20[01]: no such order$/,
    );
    inOperations(
      'an attempt was answered with two payments',
      'operations: what',
      andAlso(of('pay', 'ord_small_paid'), (line) => bodyWith(line, { id: 'sbx_pay_other' })),
      /^ord_small_paid: sbx_pay_other was answered, and is not at the gateway$/,
    );
    inOperations(
      'an order was said to be cancelled and is not',
      'operations: what',
      andAlso(of('cancel', 'ord_small_cancelled'), () => ({ orderId: 'ord_small_paid' })),
      /^ord_small_paid: was cancelled, and is paid$/,
    );
    inOperations(
      'a refund that was answered is not there',
      'operations: what',
      andAlso(of('refund', 'ord_small_refunded'), (line) => bodyWith(line, { id: 'gone' })),
      /^ord_small_refunded: refund gone was answered, and the order has none$/,
    );
    inOperations(
      'a refund that was refused was made',
      'operations: what',
      refusing((line) => line.idempotencyKey === 'refund-of-ord_small_refunded-1000'),
      /^ord_small_refunded: refund refund-of-ord_small_refunded-1000 was refused, and was made$/,
    );
    inOperations(
      'an order that was refused was created',
      'operations: what',
      refusing((line) => line.kind === 'create' && line.orderId === 'ord_small_paid'),
      /^ord_small_paid: every request to create it was refused, and it is there$/,
    );
    inOperations(
      'nobody asked again what became of a request',
      'operations: no doubt',
      andAlso(of('cancel', 'ord_small_cancelled'), (line) => ({
        phase: 'info',
        startedAt: line.startedAt + 60_000,
      })),
      /^POST .*cancel {}: nobody knows its outcome/,
    );
    inOperations(
      'a request never ended',
      'operations: no doubt',
      (lines) => lines.filter((line) => line.kind !== 'cancel' || line.phase === 'invoke'),
      /^POST .*cancel {}: nobody knows its outcome: no end/,
    );
    inOperations(
      'an older version was read',
      'operations: reads',
      andAlso(of('read', 'ord_small_cancelled'), (line) => ({
        ...bodyWith(line, { version: 1 }),
        startedAt: line.startedAt + 60_000,
        endedAt: line.startedAt + 60_001,
      })),
      /^ord_small_cancelled: was read at version 1 after version \d+$/,
    );
    inOperations(
      'an order that was created was not found',
      'operations: reads',
      andAlso(of('read', 'ord_small_cancelled'), (line) => ({
        phase: 'fail',
        status: 404,
        code: 'order_not_found',
        startedAt: line.startedAt + 60_000,
      })),
      /^ord_small_cancelled: was created, and was not found by a later read$/,
    );
  });

  describe('with spoiled logs of the gateway', () => {
    function inDeliveries(what: string, name: string, change: Partial<Delivery>, words: RegExp) {
      const spoil = (lines: Delivery[]) => lines.map((line) => ({ ...line, ...change }));
      reports(what, name, () => withLines(evidence, 'deliveriesFile', spoil), words);
    }

    inDeliveries(
      'an event was accepted and lost',
      'I5 no',
      { eventId: 'evt_lost' },
      /^ord_small_paid sandbox:evt_lost: was acknowledged, and nobody knows of it$/,
    );
    inDeliveries(
      'a signed event was turned away',
      'I13',
      { status: 401, outcome: null, code: 'signature_invalid' },
      /^webhook evt_own_ord_small_paid: was answered 401 signature_invalid/,
    );
  });

  describe('with an API whose clock was wrong', () => {
    const refused = { status: 401, outcome: null, code: 'timestamp_out_of_tolerance' };
    const refuse = (lines: Delivery[]) => lines.map((line) => ({ ...line, ...refused }));

    reports(
      'an event was refused for its time by an API whose clock was right',
      'I13',
      () => withLines(evidence, 'deliveriesFile', refuse),
      /^webhook evt_own_ord_small_paid: was answered 401 timestamp_out_of_tolerance/,
    );

    it('is not reported when it refuses an event for its time', async () => {
      const spoiled = await withLines(evidence, 'deliveriesFile', refuse);
      const clockSkews = [{ from: evidence.settings.startedAt, to: Date.now() }];
      const settings = { ...evidence.settings, clockSkews };
      assert.equal(await verdict('I13', { ...spoiled, settings }), '');
    });
  });

  describe('with a process that keeps what it no longer needs', () => {
    const MINUTE_MS = 60_000;

    function grown(name: string, minutes: number, mibPerMinute: number): Promise<Evidence> {
      const memory = Array.from({ length: 12 * minutes }, (_, index) => {
        const at = (index / 12) * MINUTE_MS;
        return { name, pid: 7, at, mib: 200 + mibPerMinute * (at / MINUTE_MS) };
      });
      return Promise.resolve({ ...evidence, memory });
    }

    reports(
      'it has grown within minutes',
      'I14',
      () => grown('api', 4, 25),
      /^api \(pid 7\): has grown from 212.5 to \d+/,
    );
    reports(
      'it grows slowly for an hour',
      'I14',
      () => grown('worker-2', 60, 1.5),
      /^worker-2 \(pid 7\): grows by 1.5 MiB a minute$/,
    );

    it('is not reported when it stays what it was, or is not ours', async () => {
      assert.equal(await verdict('I14', await grown('api', 60, 0.5)), '');
      assert.equal(await verdict('I14', await grown('temporal', 60, 5)), '');
    });
  });

  it('is reported where a check cannot be made', async () => {
    const missing = { ...evidence, logFiles: ['/nowhere/api.log'] };
    assert.match(await verdict('I10', missing), /^the check itself: failed: .*ENOENT/);
  });

  // The last, because nothing can take this back.
  describe('with a workflow that was ended by force', () => {
    it('is reported by I9 where the order has not gone on', async () => {
      const { client } = evidence.temporal;
      const orderId = 'ord_small_stray';
      const handle = await client.workflow.start(ORDER_WORKFLOW, {
        workflowId: orderId,
        taskQueue: TASK_QUEUE,
        args: [{ from: 'record', orderId }],
      });
      await handle.terminate();
      await pWaitFor(async () =>
        (await verdict('I9', evidence)).includes(`${orderId}: its workflow is TERMINATED`),
      );
    });
  });
});
