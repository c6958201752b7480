/**
 * Orders on terms that the API's settings do not offer: a settlement window of moments, a run that is
 * continued every few signals. They begin as the API begins them: the row first, then the workflow.
 */
import { openLedger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertOrder, markStarted } from '../../src/store/orders.ts';
import { ORDER_WORKFLOW, TASK_QUEUE } from '../../src/workflows/messages.ts';
import { startingAttributes } from '../../src/workflows/search-attributes.ts';
import { AMOUNT, CURRENCY, newOrderId } from './shop.ts';
import { sharedStack } from './stack.ts';
import { temporalClient } from './temporal.ts';

const DAY_MS = 86_400_000;

export interface OwnTerms {
  settlementWindowMs?: number;
  expiresInMs?: number;
  signalsPerRun?: number;
}

export async function givenOwnOrder(terms: OwnTerms): Promise<string> {
  const { settlementWindowMs = 10 * DAY_MS, expiresInMs = DAY_MS, signalsPerRun } = terms;
  const id = newOrderId();
  const now = Date.now();
  const ledger = openLedger({
    orderId: id,
    amountMinor: AMOUNT,
    currency: CURRENCY,
    gateway: 'sandbox',
    customerId: `cus_${id}`,
    createdAt: now,
    expiresAt: now + expiresInMs,
    settlementWindowMs,
  });
  const database = openDatabase((await sharedStack()).databaseUrl);
  try {
    await insertOrder(database, {
      id,
      fingerprint: id,
      amount: AMOUNT,
      currency: CURRENCY,
      gateway: 'sandbox',
      customer: { id: `cus_${id}` },
      metadata: {},
      ledger,
      view: viewOf(ledger),
      expiresAt: ledger.expiresAt,
      settlementWindowMs,
    });
    await (await temporalClient()).workflow.start(ORDER_WORKFLOW, {
      workflowId: id,
      taskQueue: TASK_QUEUE,
      args: [
        {
          from: 'start',
          terms: ledger.terms,
          ...(signalsPerRun === undefined ? {} : { signalsPerRun }),
        },
      ],
      typedSearchAttributes: startingAttributes(ledger),
    });
    await markStarted(database, id);
  } finally {
    await database.close();
  }
  return id;
}
