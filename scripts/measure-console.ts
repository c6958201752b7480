/**
 * Measures how long the console takes to open its pages among few and among many orders: `npm run console:measure`. It
 * fills the database of a stack of its own with orders at rest, and opens the pages in a Chromium that is installed. The
 * few say what the machine and the browser take; the load says whether it had anything else to do.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { viewOf } from '../src/domain/view.ts';
import { openBrowser } from '../test/support/browser.ts';
import { paidLedger } from '../test/support/order-fixtures.ts';
import { startTestStack, stopTestStack } from '../test/support/stack.ts';
import { ensureConsole } from './build-console.ts';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '15' },
  },
});
const rounds = Number(values.rounds);

/** Rows of one statement. */
const BATCH = 10_000;
const SAMPLE = 'ord_1';
/** A page of the list, and no more. */
const FEW = 50;
const MANY = Number(values.orders);

/** What is opened, and by what it is seen to be there. */
const pagesOf = (orders: number) =>
  [
    ['Today', '/', 'Waits for a person'],
    ['Orders, newest first', '/orders', `ord_${orders}`],
    ['Orders in one state', '/orders?state=paid', `ord_${orders}`],
    ['One order', `/orders/${SAMPLE}`, 'What happened'],
  ] as const;

/** Orders from `first` on. */
async function fill(databaseUrl: string, first: number, last: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const ledger = paidLedger(SAMPLE, { closed: true });
    const [ledgerJson, view] = [JSON.stringify(ledger), JSON.stringify(viewOf(ledger))];
    for (let from = first; from <= last; from += BATCH)
      await client.query(
        `insert into orders (
           id, fingerprint, amount_minor, currency, gateway, customer_id, email, metadata, state, needs_review,
           version, revision, ledger, view, created_at, expires_at, updated_at, started_at, closed
         )
         select 'ord_' || n, '', 4999, 'INR', 'sandbox', 'cus_' || n / 4, 'user' || n || '@example.com', '{}', 'paid',
           false, 3, 3, replace($3, '"${SAMPLE}"', '"ord_' || n || '"')::json,
           replace($4, '"${SAMPLE}"', '"ord_' || n || '"')::json,
           timestamptz '2026-01-01' + n * interval '1 second', now(), now(), now(), true
         from generate_series($1::int, $2::int) as n`,
        [from, Math.min(from + BATCH - 1, last), ledgerJson, view],
      );
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

/** Milliseconds from the address to what is looked for, in a browser that has seen the console before. */
async function timeToOpen(page: Page, url: string, text: string): Promise<number> {
  const startedAt = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByText(text, { exact: true }).first().waitFor();
  return performance.now() - startedAt;
}

/** Sorted milliseconds of each page, in a tab that is signed in. */
async function measure(page: Page, consoleUrl: string, orders: number): Promise<number[][]> {
  const measured: number[][] = [];
  for (const [, path, text] of pagesOf(orders)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      times.push(await timeToOpen(page, consoleUrl + path, text));
    measured.push(times.sort((a, b) => a - b));
  }
  return measured;
}

const medianOf = (times: number[] = []): string =>
  Math.round(times[Math.floor(rounds / 2)] ?? 0).toLocaleString('en-GB');

await ensureConsole();
const stack = await startTestStack({ workers: 1, apis: 1 });
const browser = await openBrowser();
try {
  const consoleUrl = `${stack.apiUrl}/console`;
  const page = await browser.newPage();
  await page.goto(consoleUrl);
  await page.getByLabel('API key').fill(stack.keys.ops);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await fill(stack.databaseUrl, 1, FEW);
  const few = await measure(page, consoleUrl, FEW);
  await fill(stack.databaseUrl, FEW + 1, MANY);
  const many = await measure(page, consoleUrl, MANY);
  console.log(
    `| median ms until it is there | ${FEW} orders | ${MANY.toLocaleString('en-GB')} orders |`,
  );
  console.log('| --- | ---: | ---: |');
  for (const [index, [name]] of pagesOf(MANY).entries())
    console.log(`| ${name} | ${medianOf(few[index])} | ${medianOf(many[index])} |`);
  console.log(`Load of the machine: ${loadavg()[0]?.toFixed(1)}`);
} finally {
  await browser.close();
  await stopTestStack(stack);
}
