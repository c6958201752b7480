/** At the end of a test run, every order of the shared stack is judged by the invariants of an order. */
import pWaitFor, { TimeoutError } from 'p-wait-for';
import pg from 'pg';
import { groupBy, type OrderEvidence } from '../invariants/evidence.ts';
import { type RecordEvidence, readOrderEvidence } from '../invariants/from-database.ts';
import { type Broken, brokenBy, UNDER_WAY } from '../invariants/index.ts';
import { nothingOwed } from '../invariants/nothing-owed.ts';
import type { SharedStack } from './stack.ts';

/** Where the evidence is: the database, the gateway's own store and what the CRM was sent. */
export type Judged = Pick<SharedStack, 'databaseUrl' | 'sandboxUrl' | 'crm'>;

/** What the last test has begun may still be under way. */
const PATIENCE_MS = 30_000;
const GLANCE_MS = 4_000;

const writtenByHand = new Set<string>();

/** A test that writes into an order's tables itself says so: what was not lived proves nothing. */
export function exemptFromInvariants(orderId: string): void {
  writtenByHand.add(orderId);
}

/** @throws Error that names each order and what it breaks. */
export async function judgeEveryOrder(stack: Judged): Promise<void> {
  const database = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
  let broken: Broken[] = [];
  try {
    await pWaitFor(
      async () => {
        broken = (await readEveryOrder(stack, database)).flatMap(judge);
        return broken.length === 0;
      },
      { interval: GLANCE_MS, timeout: PATIENCE_MS },
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const lines = broken.map(
      ({ invariant, subject, detail }) => `${invariant}: ${subject}: ${detail}`,
    );
    throw new Error(`orders of this test run break invariants:\n${lines.join('\n')}`);
  } finally {
    await database.end();
  }
}

/** Many a test is about an order that still owes something; such an order is judged by what holds even so. */
function judge(evidence: OrderEvidence): Broken[] {
  const isAtRest = nothingOwed.check(evidence).length === 0;
  return isAtRest ? brokenBy(evidence) : brokenBy(evidence, UNDER_WAY);
}

async function readEveryOrder(stack: Judged, database: pg.Pool): Promise<OrderEvidence[]> {
  const records = (await readOrderEvidence(database)).filter(
    ({ orderId }) => !writtenByHand.has(orderId),
  );
  const gateway = await readGateway(stack, database);
  const requests = groupBy(stack.crm.requests, ({ orderId }) => orderId);
  return records.map((record) => ({
    ...record,
    payments: gateway.paymentsOf(record),
    crm: requests.get(record.orderId) ?? [],
  }));
}

interface SandboxPayment {
  id: string;
  orderId: string | null;
  status: string;
  amount: number;
  currency: string;
  metadata: Record<string, string>;
  captures: { captureId: string; amount: number; reversed: boolean }[];
  refunds: { id: string; amount: number; status: string }[];
  disputes: { id: string; amount: number; status: string }[];
}

interface SandboxWebhook {
  id: string;
  orderId: string;
  attempts: { status: number | null }[];
}

/** What the sandbox gateway holds, for orders that have got all of its events and no others. */
async function readGateway({ sandboxUrl }: Judged, database: pg.Pool) {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${sandboxUrl}${path}`);
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to GET ${path}`);
    return (await response.json()) as T;
  };
  const { payments } = await get<{ payments: SandboxPayment[] }>('/payments');
  const { webhooks } = await get<{ webhooks: SandboxWebhook[] }>('/webhooks');
  const installation = await database.query<{ id: string }>('select id from installation');
  const parked = await database.query<{ orderId: string }>(
    `select order_id as "orderId" from parked_events where reason <> 'foreign_payment'`,
  );
  const ours = installation.rows[0]?.id;
  const charged = groupBy(payments, ({ orderId }) => orderId ?? '');
  const told = groupBy(webhooks, ({ orderId }) => orderId);
  const withParkedEvents = new Set(parked.rows.map(({ orderId }) => orderId));
  return {
    paymentsOf({ orderId, order, outcomes }: RecordEvidence): OrderEvidence['payments'] {
      const sent = told.get(orderId) ?? [];
      const ids = new Set(sent.map(({ id }) => `sandbox:${id}`));
      // A test may speak in the gateway's name, true or not, and may lose what the gateway says.
      const isJudge =
        order?.view.gateway === 'sandbox' &&
        !withParkedEvents.has(orderId) &&
        sent.every(({ attempts }) => attempts.some(({ status }) => status === 200)) &&
        outcomes.every(({ source, eventId }) => source !== 'webhook' || ids.has(eventId));
      if (!isJudge) return null;
      return (charged.get(orderId) ?? []).map((payment) => ({
        ...payment,
        isOurs: payment.metadata.installation === ours,
      }));
    },
  };
}
