/**
 * Orders on terms that the API's settings do not offer: a settlement window of moments, a run that is
 * continued every few signals. They begin as the API begins them: the row first, then the workflow.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import type { ManualCapture, OrderTerms } from '../../src/domain/order.ts';
import { PRESENT_RULES } from '../../src/domain/rules.ts';
import { viewOf } from '../../src/domain/view.ts';
import { insertOrder, markStarted } from '../../src/store/orders/orders.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import { orders } from '../../src/store/schema/orders.ts';
import { startingAttributes } from '../../src/workflows/details/search-attributes.ts';
import { ORDER_WORKFLOW, type OrderInput, TASK_QUEUE } from '../../src/workflows/inbox/messages.ts';
import { exemptFromInvariants } from './every-order.ts';
import { openPatiently } from './patient-database.ts';
import { AMOUNT, CURRENCY, newOrderId } from './shop.ts';
import { sharedStack } from './stack.ts';
import { temporalClient } from './temporal.ts';

const DAY_MS = 86_400_000;

export interface OwnTerms {
  /** The sandbox where none is named. */
  gateway?: string;
  settlementWindowMs?: number;
  expiresInMs?: number;
  signalsPerRun?: number;
  manualCapture?: ManualCapture;
  holdsAccessWhileDisputed?: true;
}

export async function givenOwnOrder(terms: OwnTerms): Promise<string> {
  const { signalsPerRun } = terms;
  const ledger = openLedger(termsOf(terms));
  await begin(ledger, {
    from: 'start',
    terms: ledger.terms,
    ...(signalsPerRun === undefined ? {} : { signalsPerRun }),
  });
  return ledger.terms.orderId;
}

/**
 * A paid order whose next question by itself is due in a few seconds: its record says that the last news of it is
 * nearly a day old, and another run goes on from there.
 */
export async function givenOrderToAskAbout(orderId: string, inMs: number): Promise<void> {
  const database = openPatiently((await sharedStack()).databaseUrl);
  try {
    const { workflow } = await temporalClient();
    const ledger = await loadRecord(database, orderId);
    if (ledger === null) throw new Error(`${orderId} has no record`);
    const aged: Ledger = { ...ledger, updatedAt: Date.now() - DAY_MS + inMs };
    await database.db.update(orders).set({ ledger: aged }).where(eq(orders.id, orderId));
    await workflow.getHandle(orderId).terminate('the test lets a day pass');
    const another = {
      workflowId: orderId,
      taskQueue: TASK_QUEUE,
      args: [{ from: 'record', orderId } satisfies OrderInput] as [OrderInput],
      typedSearchAttributes: startingAttributes(aged),
    };
    // The reaper may have been faster, and begins the same run.
    await workflow.start(ORDER_WORKFLOW, another).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
  } finally {
    await database.close();
  }
}

/** An order whose call for a payment was never answered, so long ago that no gateway knows its key. */
export async function givenForgottenOrder(gateway = 'sandbox'): Promise<string> {
  const terms = { ...termsOf({ gateway }), createdAt: Date.now() - 2 * DAY_MS };
  const { orderId, amountMinor, createdAt } = terms;
  const asked = { number: 1, amountMinor, paymentId: null, checkout: null, createdAt };
  const ledger: Ledger = {
    ...openLedger(terms),
    attempts: [{ ...asked, status: 'unknown' }],
    entered: { pending: 1 },
    poll: { index: 0, at: Date.now() },
  };
  exemptFromInvariants(orderId);
  await begin(ledger, { from: 'record', orderId });
  return orderId;
}

function termsOf({
  gateway = 'sandbox',
  settlementWindowMs = 10 * DAY_MS,
  expiresInMs = DAY_MS,
  manualCapture,
  holdsAccessWhileDisputed,
}: OwnTerms): OrderTerms {
  const orderId = newOrderId();
  const now = Date.now();
  return {
    orderId,
    amountMinor: AMOUNT,
    currency: CURRENCY,
    gateway,
    customerId: `cus_${orderId}`,
    createdAt: now,
    expiresAt: now + expiresInMs,
    settlementWindowMs,
    rules: PRESENT_RULES,
    notifiesCrmOfEvents: true,
    ...(gateway === 'razorpay' ? {} : { voidsWhenFailed: true as const }),
    ...(gateway === 'adyen' ? { webhooksOnly: true as const } : {}),
    ...(manualCapture === undefined ? {} : { manualCapture }),
    ...(holdsAccessWhileDisputed === undefined ? {} : { holdsAccessWhileDisputed }),
  };
}

async function begin(ledger: Ledger, input: OrderInput): Promise<void> {
  const { orderId, gateway, customerId, settlementWindowMs } = ledger.terms;
  const database = openPatiently((await sharedStack()).databaseUrl);
  try {
    await insertOrder(database, {
      id: orderId,
      fingerprint: orderId,
      amount: AMOUNT,
      currency: CURRENCY,
      gateway,
      customer: { id: customerId },
      metadata: {},
      ledger,
      view: viewOf(ledger),
      expiresAt: ledger.expiresAt,
      settlementWindowMs,
    });
    const { workflow } = await temporalClient();
    const run = {
      workflowId: orderId,
      taskQueue: TASK_QUEUE,
      args: [input] as [OrderInput],
      typedSearchAttributes: startingAttributes(ledger),
    };
    // The reaper may have been faster, as above.
    await workflow.start(ORDER_WORKFLOW, run).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
    await markStarted(database, [orderId]);
  } finally {
    await database.close();
  }
}
