/** Days that are fetched from gateways' APIs: the same lines as a report's, whole or not at all, and once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { dailyAccounts, dayAccount } from '../../src/api/settlements/daily.ts';
import { type DailySettings, readBooksSettings } from '../../src/books/settings.ts';
import {
  countMissingDays,
  dueDays,
  requestDay,
  SCHEDULE,
} from '../../src/store/settlements/days.ts';
import type { ReconItem } from '../fakes/razorpay/world.ts';
import { ApiError } from '../fakes/stripe/api-error.ts';
import { charge, type Moved, secondsOf } from '../fakes/stripe/balance.ts';
import { type DayWorld, openDayWorld } from '../support/fetched-days.ts';
import { razorpayReport, stripeReport } from '../support/settlement-files.ts';

const DAY = '2026-01-26';

/** What a failed activity tells Temporal. */
async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApplicationFailure, String(error));
  return error;
}

describe('a day that is fetched from the API of', function () {
  this.timeout(60_000);
  let world: DayWorld;
  beforeEach(async () => {
    world = await openDayWorld();
  });
  afterEach(() => world.close());

  describe('Stripe', () => {
    const move = (...moved: Moved[]) => moved.map((one) => world.stripe.balance.move(one));
    const listed = () =>
      world.stripe.calls.filter((call) => call === 'GET /v1/balance_transactions').length;

    it('has the lines of the report of the same day, in units and signs of its own', async () => {
      move(
        charge('usd', { amount: 12_000, fee: 378 }),
        charge('jpy', { amount: 5_000, currency: 'jpy' }),
        charge('isk', { amount: 50_000, currency: 'isk' }),
      );
      const report = stripeReport([
        {
          balance_transaction_id: 'txn_usd',
          ...{ gross: '120.00', fee: '3.78', net: '116.22', currency: 'usd' },
          reporting_category: 'charge',
          ...{ source_id: 'ch_usd', payment_intent_id: 'pi_usd' },
        },
        {
          balance_transaction_id: 'txn_jpy',
          ...{ gross: '5000', fee: '0', net: '5000', currency: 'jpy' },
          reporting_category: 'charge',
          ...{ source_id: 'ch_jpy', payment_intent_id: 'pi_jpy' },
        },
        {
          balance_transaction_id: 'txn_isk',
          ...{ gross: '500', fee: '0', net: '500', currency: 'isk' },
          reporting_category: 'charge',
          ...{ source_id: 'ch_isk', payment_intent_id: 'pi_isk' },
        },
      ]);
      await world.import(report, { acceptUnknown: true });
      const ofReport = await world.lines();
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 3, newLines: 0 });
      assert.deepEqual(await world.lines(), ofReport);
    });

    it('is matched with the orders as a report is', async () => {
      await world.paidOrder({
        ...{ orderId: 'ord_1', paymentId: 'pi_known', amountMinor: 5_000, currency: 'USD' },
        gateway: 'stripe',
      });
      move(charge('known', { fee: 175 }), charge('stranger'));
      await world.fetched('stripe', DAY);
      const differences = await world.differences();
      assert.deepEqual(
        differences.map(({ kind, reference }) => [kind, reference]),
        [['foreign_payment', 'pi_stranger']],
      );
      assert.deepEqual(await world.balance('gateway_fees:stripe'), { USD: 175 });
    });

    it('names the order that a stranger’s payment is marked with', async () => {
      await world.paidOrder({
        ...{ orderId: 'ord_1', paymentId: 'pi_0', amountMinor: 5_000, currency: 'USD' },
        ...{ gateway: 'stripe', isUnknown: true },
      });
      const source = { ...charge('1').source, metadata: { orderId: 'ord_1' } };
      move(charge('1', { source }));
      await world.fetched('stripe', DAY);
      const [difference] = await world.differences();
      assert.deepEqual([difference?.proposal, difference?.orderId], ['attach', 'ord_1']);
    });

    it('is one import, however often it is fetched', async () => {
      move(charge('1'), charge('2'));
      await world.fetched('stripe', DAY);
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 2, newLines: 0 });
      assert.equal((await world.imports()).length, 1);
      assert.deepEqual((await world.state('stripe', DAY))?.state, 'imported');
    });

    it('is one import where a try is made again whose end nobody has heard of', async () => {
      move(charge('1'), charge('2'));
      const request = world.request('stripe', DAY);
      await world.fetchOnce(request);
      const first = await world.importOnce(request);
      assert.deepEqual(first, { lines: 2, newLines: 2 });
      assert.deepEqual(await world.importOnce(request), first);
      await requestDay(world.database, { gateway: 'stripe', day: DAY, requestedBy: 'olga' });
      assert.deepEqual(await world.importOnce(request), first, 'also when it is asked for anew');
      assert.equal((await world.imports()).length, 1);
    });

    it('is one import where two tries import it at the same time', async () => {
      move(charge('1'), charge('2'));
      const request = world.request('stripe', DAY);
      await world.fetchOnce(request);
      const both = await Promise.allSettled([world.importOnce(request), world.importOnce(request)]);
      for (const one of both)
        if (one.status === 'rejected') assert.equal(one.reason.type, 'FetchOvertaken');
      assert.deepEqual(await world.importOnce(request), { lines: 2, newLines: 2 });
      assert.equal((await world.imports()).length, 1);
      const state = await world.state('stripe', DAY);
      assert.deepEqual([state?.state, state?.problem], ['imported', null]);
    });

    it('is not opened again by a try that comes after its import', async () => {
      move(charge('1'));
      const request = world.request('stripe', DAY);
      await world.fetchOnce(request);
      await world.importOnce(request);
      const failure = await failureOf(world.fetchOnce(request));
      assert.equal(failure.type, 'FetchReplaced');
      assert.equal((await world.state('stripe', DAY))?.state, 'imported');
    });

    it('is not imported by a fetch that another one has replaced, which has a half of it', async () => {
      for (let i = 0; i < 150; i += 1) move(charge(String(i).padStart(3, '0')));
      const stale = world.request('stripe', DAY);
      await world.fetchOnce(stale);
      const down = new ApiError(503, { type: 'api_error', message: 'Try again later' }, false);
      world.stripe.balance.breakAtCall(2, down);
      await failureOf(world.fetchOnce(world.request('stripe', DAY)));
      assert.equal((await world.state('stripe', DAY))?.fetchedItems, 100);
      const failure = await failureOf(world.importOnce(stale));
      assert.equal(failure.type, 'FetchReplaced');
      assert.deepEqual(await world.imports(), []);
    });

    it('is refused as another account’s, and says where the account is named', async () => {
      const report = stripeReport([
        {
          balance_transaction_id: 'txn_1',
          reporting_category: 'charge',
          gross: '10.00',
          net: '10.00',
          payment_intent_id: 'pi_f',
        },
      ]);
      await world.import(report, { acceptUnknown: true, account: 'acct_1' });
      move(charge('1'));
      const request = world.request('stripe', DAY);
      await world.fetchOnce(request);
      const failure = await failureOf(world.importOnce(request));
      assert.match(failure.message, /another account.*daily\.stripe\.account/);
      assert.match((await world.state('stripe', DAY))?.problem ?? '', /daily\.stripe\.account/);
    });

    it('is of the package that was asked, whose format may be another’s', async () => {
      move(charge('1'));
      await world.fetched('twin', DAY);
      await world.fetched('stripe', DAY);
      const { rows } = await world.database.pool.query(
        'select gateway, lines, new_lines from settlement_imports order by id',
      );
      assert.deepEqual(rows, [
        { gateway: 'twin', lines: 1, new_lines: 1 },
        { gateway: 'stripe', lines: 1, new_lines: 1 },
      ]);
      const { rows: lines } = await world.database.pool.query(
        'select gateway from settlement_lines order by gateway',
      );
      assert.deepEqual(lines, [{ gateway: 'stripe' }, { gateway: 'twin' }]);
    });

    it('brings what came late when it is fetched again', async () => {
      move(charge('1'));
      await world.fetched('stripe', DAY);
      move(charge('late'));
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 2, newLines: 1 });
    });

    it('is read page by page, and a try goes on where the one before ended', async () => {
      for (let i = 0; i < 250; i += 1) move(charge(String(i).padStart(3, '0')));
      const { balance } = world.stripe;
      const down = new ApiError(503, { type: 'api_error', message: 'Try again later' }, false);
      balance.breakAtCall(3, down);
      const request = world.request('stripe', DAY);
      const failure = await failureOf(world.fetchOnce(request));
      assert.notEqual(failure.nonRetryable, true);
      const between = await world.state('stripe', DAY);
      assert.equal(between?.fetchedItems, 200);
      assert.match(between?.problem ?? '', /status 503/);
      assert.deepEqual(await world.imports(), [], 'nothing is half imported');
      const before = listed();
      await world.fetchOnce(request);
      assert.equal(listed() - before, 1, 'no page is asked for twice');
      assert.deepEqual(await world.importOnce(request), { lines: 250, newLines: 250 });
      const after = await world.state('stripe', DAY);
      assert.deepEqual([after?.problem, after?.fetchedItems], [null, 0]);
    });

    it('begins anew when somebody asks anew', async () => {
      for (let i = 0; i < 150; i += 1) move(charge(String(i).padStart(3, '0')));
      const request = world.request('stripe', DAY);
      const down = new ApiError(503, { type: 'api_error', message: 'Try again later' }, false);
      world.stripe.balance.breakAtCall(2, down);
      await failureOf(world.fetchOnce(request));
      world.stripe.balance.clear();
      move(charge('only'));
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 1, newLines: 1 });
      const failure = await failureOf(world.importOnce(request));
      assert.equal(failure.type, 'FetchReplaced', 'the first one changes nothing any more');
    });

    it('gives its lines the payout that paid them out, and the payout adds up', async () => {
      const [first, second] = move(
        charge('1', { amount: 10_000, fee: 320, created: secondsOf('2026-01-23T09:00:00Z') }),
        charge('2', { amount: 2_000, fee: 88, created: secondsOf('2026-01-24T09:00:00Z') }),
      );
      const paidOut = (status: string): Moved => ({
        id: 'txn_p',
        amount: -11_592,
        currency: 'usd',
        created: secondsOf('2026-01-26T00:00:00Z'),
        reporting_category: 'payout',
        source: {
          ...{ id: 'po_1', object: 'payout', amount: 11_592, currency: 'usd' },
          ...{ automatic: true, reconciliation_status: status },
        },
      });
      assert.ok(first && second);
      const [payout] = move(paidOut('in_progress'));
      await world.fetched('stripe', DAY);
      assert.deepEqual(
        (await world.lines()).map(({ line_id, payout_id }) => [line_id, payout_id]),
        [['txn_p', 'po_1']],
        'a list that Stripe still makes is not read',
      );
      assert.ok(payout);
      payout.source.reconciliation_status = 'completed';
      for (const paid of [first, second]) world.stripe.balance.payOut(paid, 'po_1');
      await world.fetched('stripe', DAY);
      assert.deepEqual(
        (await world.lines()).map(({ line_id, payout_id }) => [line_id, payout_id]),
        [
          ['txn_1', 'po_1'],
          ['txn_2', 'po_1'],
          ['txn_p', 'po_1'],
        ],
      );
      const differences = await world.differences();
      assert.deepEqual(
        differences.filter(({ kind }) => kind === 'payout'),
        [],
      );
    });

    it('does not list a payout that was started by hand, which Stripe refuses', async () => {
      move({
        id: 'txn_p',
        amount: -5_000,
        currency: 'usd',
        created: secondsOf('2026-01-26T00:00:00Z'),
        reporting_category: 'payout',
        source: {
          ...{ id: 'po_1', object: 'payout', automatic: false },
          reconciliation_status: 'not_applicable',
        },
      });
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 1, newLines: 1 });
    });

    it('covers the day that was asked for, whatever older lines a payout has', async () => {
      const [old] = move(charge('old', { created: secondsOf('2026-01-20T09:00:00Z') }));
      assert.ok(old);
      world.stripe.balance.payOut(old, 'po_1');
      move({
        id: 'txn_p',
        amount: -5_000,
        currency: 'usd',
        created: secondsOf('2026-01-26T00:00:00Z'),
        reporting_category: 'payout',
        source: {
          ...{ id: 'po_1', object: 'payout', automatic: true },
          reconciliation_status: 'completed',
        },
      });
      // Of a day that nobody has fetched: it is not known to be missing.
      await world.paidOrder({
        ...{ orderId: 'ord_1', paymentId: 'pi_other', amountMinor: 5_000, currency: 'USD' },
        ...{ gateway: 'stripe', at: '2026-01-21T10:00:00Z' },
      });
      await world.fetched('stripe', DAY);
      const [imported] = await world.imports();
      assert.deepEqual([imported?.firstDay, imported?.lastDay], [DAY, DAY]);
      const kinds = (await world.differences()).map(({ kind }) => kind);
      assert.ok(!kinds.includes('capture_unreported'), kinds.join());
    });

    const paid = (name: string, day: string) =>
      world.paidOrder({
        ...{ orderId: `ord_${name}`, paymentId: `pi_${name}`, amountMinor: 5_000 },
        ...{ currency: 'USD', gateway: 'stripe', at: `${day}T10:00:00Z` },
      });
    const unreported = async () =>
      (await world.differences())
        .filter(({ kind }) => kind.endsWith('_unreported'))
        .map(({ reference }) => reference)
        .toSorted((a, b) => String(a).localeCompare(String(b)));

    it('says nothing of the days between it and another that nobody has fetched', async () => {
      await paid('same', '2026-01-05');
      await paid('next', '2026-01-06');
      await paid('between', '2026-01-15');
      await paid('before', '2026-01-25');
      await world.fetched('stripe', '2026-01-05');
      await world.fetched('stripe', DAY);
      assert.deepEqual(await unreported(), []);
    });

    it('is judged once it is followed by as many days as a report may take', async () => {
      await paid('first', '2026-01-05');
      await world.refund({
        ...{ orderId: 'ord_first', refundId: 're_first', amountMinor: 100 },
        ...{ currency: 'USD', gateway: 'stripe', at: '2026-01-06T10:00:00Z' },
      });
      await paid('third', '2026-01-07');
      await paid('fourth', '2026-01-08');
      for (const day of ['05', '06', '07', '08', '09', '10'])
        await world.fetched('stripe', `2026-01-${day}`);
      await world.fetched('stripe', DAY);
      assert.deepEqual(await unreported(), ['pi_first', 'pi_third', 're_first']);
    });

    it('leaves a month whose report was imported as it is, beside single days', async () => {
      await paid('early', '2025-11-20');
      await paid('month', '2026-01-15');
      await paid('end', '2026-01-30');
      await paid('late', '2026-02-20');
      const row = { gross: '50.00', net: '50.00', reporting_category: 'charge' };
      const ofMonth = [
        { ...row, balance_transaction_id: 'txn_a', created_utc: '2026-01-02 10:00:00' },
        { ...row, balance_transaction_id: 'txn_b', created_utc: '2026-01-28 10:00:00' },
      ].map((one, i) => ({ ...one, source_id: `ch_${i}`, payment_intent_id: `pi_${i}` }));
      await world.import(stripeReport(ofMonth), { acceptUnknown: true });
      await world.fetched('stripe', '2025-11-05');
      await world.fetched('stripe', '2026-03-01');
      assert.deepEqual(await unreported(), ['pi_end', 'pi_month']);
    });

    it('ends at midnight of the account, also where clocks are changed', async () => {
      const zone = 'Europe/Berlin';
      const at = (name: string, time: string) => charge(name, { created: secondsOf(time) });
      move(
        at('spring-first', '2026-03-28T23:00:00Z'),
        at('spring-last', '2026-03-29T21:59:59Z'),
        at('spring-next', '2026-03-29T22:00:00Z'),
        at('autumn-first', '2026-10-24T22:00:00Z'),
        at('autumn-last', '2026-10-25T22:59:59Z'),
        at('autumn-next', '2026-10-25T23:00:00Z'),
      );
      await world.fetched('stripe', '2026-03-29', { zone });
      await world.fetched('stripe', '2026-10-25', { zone });
      assert.deepEqual(
        (await world.lines()).map(({ line_id, day }) => [line_id, day]),
        [
          ['txn_autumn-first', '2026-10-25'],
          ['txn_autumn-last', '2026-10-25'],
          ['txn_spring-first', '2026-03-29'],
          ['txn_spring-last', '2026-03-29'],
        ],
      );
    });

    it('compares a converted payment and its refund in the customer’s currency', async () => {
      const source = (id: string, object: string, amount: number) => ({
        ...{ id, object, amount, currency: 'eur' },
        payment_intent: 'pi_1',
      });
      move(
        charge('1', { amount: 5_410, source: source('ch_1', 'charge', 5_000) }),
        charge('r', {
          amount: -5_340,
          reporting_category: 'refund',
          source: source('re_1', 'refund', 5_000),
        }),
      );
      await world.fetched('stripe', DAY);
      assert.deepEqual(
        (await world.lines()).map((line) => [
          line.gross_minor,
          line.currency,
          line.customer_minor,
          line.customer_currency,
        ]),
        [
          [5_410, 'USD', 5_000, 'EUR'],
          [-5_340, 'USD', -5_000, 'EUR'],
        ],
      );
    });

    it('takes a charge without a PaymentIntent as a payment of its own', async () => {
      const source = { ...charge('1').source, payment_intent: null };
      move(charge('1', { source }));
      await world.fetched('stripe', DAY);
      const [line] = await world.lines();
      assert.deepEqual([line?.payment_id, line?.reference], ['ch_1', 'ch_1']);
    });

    it('takes a line over nothing, such as a fee that was waived', async () => {
      const waived: Moved = {
        ...charge('0', { amount: 0, reporting_category: 'fee' }),
        source: { id: 'fee_1', object: 'fee' },
      };
      move(waived, charge('1'));
      assert.deepEqual(await world.fetched('stripe', DAY), { lines: 2, newLines: 2 });
    });

    it('is an import as well where nothing has moved', async () => {
      await world.fetched('stripe', DAY);
      await world.fetched('stripe', '2026-01-27');
      assert.deepEqual(await world.imports(), [
        { lines: 0, newLines: 0, firstDay: DAY, lastDay: DAY },
        { lines: 0, newLines: 0, firstDay: '2026-01-27', lastDay: '2026-01-27' },
      ]);
    });

    it('is refused as a whole for a type that is not known, and shows why', async () => {
      move(charge('1'), charge('2', { reporting_category: 'barter' }));
      const request = world.request('stripe', DAY);
      await world.fetchOnce(request);
      const failure = await failureOf(world.importOnce(request));
      assert.equal(failure.nonRetryable, true, 'it would be the same again');
      assert.match(failure.message, /“barter” is not known/);
      assert.deepEqual(await world.lines(), []);
      assert.match((await world.state('stripe', DAY))?.problem ?? '', /“barter” is not known/);
    });

    it('waits for a key that Stripe takes', async () => {
      world.stripe.faults.always('key_refused');
      const failure = await failureOf(world.fetchOnce(world.request('stripe', DAY)));
      assert.notEqual(failure.nonRetryable, true);
      assert.match((await world.state('stripe', DAY))?.problem ?? '', /STRIPE_SECRET_KEY/);
    });

    it('keeps nothing of what Stripe knows of the customer', async () => {
      const source = { ...charge('1').source, billing_details: { email: 'ada@example.org' } };
      move(charge('1', { source, description: 'for Ada Lovelace' }));
      await world.fetchOnce(world.request('stripe', DAY));
      const { rows } = await world.database.pool.query<{ data: object }>(
        'select data from settlement_day_items',
      );
      assert.doesNotMatch(JSON.stringify(rows), /ada/i);
    });
  });

  describe('Razorpay', () => {
    const settled = (id: string, more: Partial<ReconItem> = {}): ReconItem => ({
      entity_id: `pay_${id}`,
      type: 'payment',
      debit: 0,
      credit: 9_764,
      amount: 10_000,
      currency: 'INR',
      fee: 236,
      tax: 36,
      on_hold: false,
      settled: true,
      created_at: secondsOf('2026-01-23T10:00:00+05:30'),
      settled_at: secondsOf('2026-01-26T10:00:00+05:30'),
      settlement_id: 'setl_1',
      settlement_utr: 'UTR1',
      description: null,
      notes: [],
      payment_id: null,
      order_id: 'order_1',
      order_receipt: null,
      method: 'upi',
      dispute_id: null,
      ...more,
    });

    it('has the lines of the dashboard’s report, whose fee is without tax', async () => {
      world.razorpay.world.recon.push(settled('1'));
      const report = razorpayReport([
        {
          ...{ transaction_entity: 'payment', entity_id: 'pay_1', amount: '100.00' },
          ...{ 'fee (exclusive tax)': '2.00', tax: '0.36', credit: '97.64' },
          entity_created_at: '2026-01-23 10:00:00',
        },
      ]);
      await world.import(report, { acceptUnknown: true });
      const ofReport = await world.lines();
      assert.deepEqual(await world.fetched('razorpay', DAY), { lines: 1, newLines: 0 });
      assert.deepEqual(await world.lines(), ofReport);
    });

    it('is what was settled on the day in India, also where that is another day in UTC', async () => {
      world.razorpay.world.recon.push(
        settled('first', { settled_at: secondsOf('2026-01-26T00:00:00+05:30') }),
        settled('last', { settled_at: secondsOf('2026-01-26T23:59:59+05:30') }),
        settled('next', { settled_at: secondsOf('2026-01-27T00:00:00+05:30') }),
      );
      await world.fetched('razorpay', DAY);
      assert.deepEqual(
        (await world.lines()).map(({ line_id }) => line_id),
        ['pay_first', 'pay_last'],
      );
    });

    it('misses no item of a list that moves while it is read', async () => {
      const { world: books } = world.razorpay;
      for (let i = 0; i < 1_200; i += 1) books.recon.push(settled(String(i).padStart(4, '0')));
      // Items that go away from the pages that were read move one over a page's end.
      books.afterReconCall = (call) => {
        if (call === 1) books.recon.splice(0, 2);
      };
      const { lines } = await world.fetched('razorpay', DAY);
      const ids = new Set((await world.lines()).map(({ line_id }) => line_id));
      for (const { entity_id: id } of books.recon) assert.ok(ids.has(id), `${id} is missing`);
      assert.equal(lines, 1_200);
    });

    it('leaves a list that moves each time for later', async () => {
      const { world: books } = world.razorpay;
      for (let i = 0; i < 1_200; i += 1) books.recon.push(settled(String(i).padStart(4, '0')));
      books.afterReconCall = () => {
        books.recon.unshift(books.recon.pop() as ReconItem);
      };
      const failure = await failureOf(world.fetchOnce(world.request('razorpay', DAY)));
      assert.notEqual(failure.nonRetryable, true);
      assert.match(failure.message, /changes while it is read/);
    });

    it('reads refunds, disputes and lines over nothing', async () => {
      world.razorpay.world.recon.push(
        settled('1'),
        settled('0', { amount: 0, credit: 0, fee: 0, tax: 0 }),
        settled('r', {
          ...{ entity_id: 'rfnd_1', type: 'refund', payment_id: 'pay_1' },
          ...{ amount: 5_000, debit: 5_000, credit: 0, fee: 0, tax: 0 },
        }),
        settled('d', {
          ...{ entity_id: 'adj_1', type: 'adjustment', dispute_id: 'disp_1' },
          ...{ amount: 5_000, debit: 5_000, credit: 0, fee: 0, tax: 0 },
        }),
      );
      await world.fetched('razorpay', DAY);
      assert.deepEqual(
        (await world.lines()).map(({ line_id, kind, net_minor }) => [line_id, kind, net_minor]),
        [
          ['adj_1', 'dispute', -5_000],
          ['pay_0', 'capture', 0],
          ['pay_1', 'capture', 9_764],
          ['rfnd_1', 'refund', -5_000],
        ],
      );
    });
  });

  describe('a gateway that this worker does not know', () => {
    it('waits for a worker that does', async () => {
      const failure = await failureOf(world.fetchOnce(world.request('acme', DAY)));
      assert.notEqual(failure.nonRetryable, true);
      assert.match(failure.message, /no gateway acme/);
      const state = await world.state('acme', DAY);
      assert.match(state?.problem ?? '', /no gateway acme/);
      assert.deepEqual([state?.state, state?.tries], ['fetching', 1]);
    });
  });
});

describe('the account of a gateway whose API lists days', function () {
  this.timeout(60_000);
  let world: DayWorld;
  const folder = mkdtempSync(path.join(tmpdir(), 'payonce-test-'));
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    world = await openDayWorld();
  });
  afterEach(() => world.close());

  const partsWith = (daily: 'off' | Record<string, DailySettings>) => ({
    ...{ gateways: world.gateways, database: world.database },
    books: { ...readBooksSettings(undefined), daily },
  });
  const accountOf = async (daily: 'off' | Record<string, DailySettings> = {}) => {
    const found = await dayAccount(partsWith(daily), 'stripe');
    return [found?.account, found?.zone];
  };

  it('is fetched by itself where the settings name the gateway, and only there', () => {
    const { daily } = readBooksSettings(undefined);
    assert.deepEqual(daily, {});
    assert.deepEqual(dailyAccounts(partsWith(daily)), {
      on: [],
      off: ['stripe', 'razorpay', 'twin'],
    });
    const named = dailyAccounts(
      partsWith({ stripe: { account: 'acct_1', zone: 'Europe/Berlin' }, razorpay: 'off' }),
    );
    assert.deepEqual(
      named.on.map(({ gateway, account, zone }) => [gateway, account, zone]),
      [['stripe', 'acct_1', 'Europe/Berlin']],
    );
    assert.deepEqual(named.off, ['razorpay', 'twin']);
    assert.deepEqual(dailyAccounts(partsWith('off')).on, []);
  });

  it('is that of the newest file where nobody has named it', async () => {
    assert.deepEqual(await accountOf(), ['', 'UTC']);
    const report = stripeReport([
      {
        balance_transaction_id: 'txn_f',
        reporting_category: 'charge',
        gross: '10.00',
        net: '10.00',
        payment_intent_id: 'pi_f',
      },
    ]);
    await world.import(report, {
      acceptUnknown: true,
      account: 'acct_1',
      zone: 'Europe/Berlin',
    });
    world.stripe.balance.move(charge('1'));
    await world.fetched('stripe', DAY, { account: 'acct_2' });
    assert.equal((await world.imports()).length, 2);
    assert.deepEqual(await accountOf(), ['acct_1', 'Europe/Berlin']);
    assert.deepEqual(await accountOf('off'), ['acct_1', 'Europe/Berlin']);
    assert.deepEqual(await accountOf({ stripe: { account: 'acct_3' } }), ['acct_3', 'UTC']);
    assert.equal(await dayAccount(partsWith({}), 'sandbox'), null);
  });

  it('is named in the settings by words that a mistake is told with', () => {
    const file = path.join(folder, 'books.yaml');
    writeFileSync(file, 'daily: { stripe: { account: "größer" } }\n');
    assert.throws(() => readBooksSettings(file), /daily\.stripe\.account must be visible/);
    writeFileSync(file, 'daily: { stripe: { zone: Mars } }\n');
    assert.throws(() => readBooksSettings(file), /daily\.stripe\.zone must be a time zone/);
    writeFileSync(file, 'daily: { stripe: sometimes }\n');
    assert.throws(() => readBooksSettings(file), /daily\.stripe must be off, or settings/);
  });
});

describe('the days that a schedule fetches', function () {
  this.timeout(60_000);
  let world: DayWorld;
  beforeEach(async () => {
    world = await openDayWorld();
  });
  afterEach(() => world.close());

  const due = (at: string, zone = 'UTC') =>
    dueDays(world.database, { gateway: 'stripe', zone, at: Date.parse(at) });
  const fetched = (day: string) =>
    world.fetched('stripe', day, { requestedBy: SCHEDULE }).then(() => undefined);
  const asked = (day: string, requestedBy = SCHEDULE) =>
    requestDay(world.database, { gateway: 'stripe', day, requestedBy });

  it('begin with yesterday, and not with the account’s whole past', async () => {
    assert.deepEqual(await due('2026-01-27T06:00:00Z'), ['2026-01-26']);
  });

  it('are yesterday in the zone of the account', async () => {
    assert.deepEqual(await due('2026-01-26T20:00:00Z', 'Asia/Tokyo'), ['2026-01-26']);
    assert.deepEqual(await due('2026-01-27T06:00:00Z', 'America/Los_Angeles'), ['2026-01-25']);
  });

  it('are the last three again, for payouts and what came late', async () => {
    for (const day of ['2026-01-22', '2026-01-23', '2026-01-24', '2026-01-25']) {
      await asked(day);
      await fetched(day);
    }
    assert.deepEqual(await due('2026-01-27T06:00:00Z'), ['2026-01-26', '2026-01-25', '2026-01-24']);
  });

  it('are those that failed, and those that nobody was there to fetch, the newest first', async () => {
    await asked('2026-01-10');
    await fetched('2026-01-10');
    await asked('2026-01-12');
    assert.deepEqual(await due('2026-01-16T06:00:00Z'), [
      ...['2026-01-15', '2026-01-14', '2026-01-13', '2026-01-12', '2026-01-11'],
    ]);
  });

  it('go a month back at most', async () => {
    await asked('2025-06-01');
    const days = await due('2026-01-31T06:00:00Z');
    assert.deepEqual([days.length, days[0], days.at(-1)], [30, '2026-01-30', '2026-01-01']);
  });

  it('are missing from the first on, also where no worker can fetch them', async () => {
    const account = { gateway: 'stripe', zone: 'UTC' };
    assert.equal(await countMissingDays(world.database, account), 0);
    const at = Date.now() - 5 * 24 * 60 * 60_000;
    const [day, ...others] = await world.activities.dueSettlementDays({ ...account, at });
    assert.ok(day !== undefined && others.length === 0);
    const noted = await world.state('stripe', day);
    assert.deepEqual([noted?.state, noted?.requestedBy], ['requested', SCHEDULE]);
    assert.ok((await countMissingDays(world.database, account)) >= 4);
    await world.activities.dueSettlementDays({ ...account, at });
  });

  it('do not begin earlier because somebody has asked for a day by hand', async () => {
    await asked('2026-01-05', 'olga');
    assert.deepEqual(await due('2026-01-27T06:00:00Z'), ['2026-01-26']);
  });
});
