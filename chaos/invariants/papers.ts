/** Papers: one invoice for every grant, one credit note for every refund of it, numbers without gaps. */
import type pg from 'pg';
import type { Violation } from '../evidence.ts';
import type { GatewayPayment } from './gateway-truth.ts';
import { groupBy, type Invariant, type Remains, wrong } from './remains.ts';

const INVOICES = `
  select "orderId", grants, invoices from (
    select coalesce(g.order_id, i.order_id) as "orderId",
           coalesce(g.n, 0)::int as grants, coalesce(i.n, 0)::int as invoices
    from (select order_id, count(*) as n from entitlements
          where granted_at is not null group by order_id) g
    full join (select order_id, count(*) as n from invoices group by order_id) i
      on i.order_id = g.order_id
  ) counted where grants <> invoices`;

const CREDIT_NOTES = `
  select order_id as "orderId", refund_id as "refundId", amount_minor::float8 as "amountMinor"
  from credit_notes`;

const NUMBERS = `
  select name, last::int as last, count(distinct number)::int as numbers,
         coalesce(max(number), 0)::int as highest, count(number)::int as papers
  from number_series left join (
    select 'invoice' as series, number from invoices
    union all select 'credit_note', number from credit_notes
  ) papers on papers.series = name
  group by name, last`;

interface CreditNote {
  orderId: string;
  refundId: string;
  amountMinor: number;
}

export const onePaper: Invariant = {
  name: 'I2 one invoice for a payment, one credit note for a refund',
  check: async (remains) => [
    ...(await wrongInvoices(remains.evidence.database)),
    ...(await wrongCreditNotes(remains)),
    ...(await wrongNumbers(remains.evidence.database)),
  ],
};

async function wrongInvoices(database: pg.Pool): Promise<Violation[]> {
  const { rows } = await database.query<{ orderId: string; grants: number; invoices: number }>(
    INVOICES,
  );
  return rows.map(({ orderId, grants, invoices }) =>
    wrong(orderId, `access was granted ${grants} times, and there are ${invoices} invoices`),
  );
}

async function wrongCreditNotes({ evidence, gateway, orders }: Remains): Promise<Violation[]> {
  const invoiced = await evidence.database.query<{ id: string }>(
    'select distinct order_id as id from invoices',
  );
  const hasInvoice = new Set(invoiced.rows.map(({ id }) => id));
  const { rows } = await evidence.database.query<CreditNote>(CREDIT_NOTES);
  const notes = groupBy(rows, ({ orderId, refundId }) => `${orderId} ${refundId}`);
  const refunds = gateway.payments
    .filter(({ orderId, currency }) => orders.get(orderId ?? '')?.currency === currency)
    .flatMap(refundsOf);
  const missing = refunds
    .filter(({ orderId, status }) => status === 'succeeded' && hasInvoice.has(orderId))
    .filter(({ name, amount }) => {
      const found = notes.get(name) ?? [];
      return found.length !== 1 || found[0]?.amountMinor !== amount;
    })
    .map(({ name, amount }) => wrong(name, `refunded ${amount}, without one credit note of that`));
  const known = new Set(refunds.map(({ name }) => name));
  const invented = [...notes.keys()].filter((name) => !known.has(name));
  return [...missing, ...invented.map((name) => wrong(name, 'a credit note without a refund'))];
}

function refundsOf({ orderId, refunds }: GatewayPayment) {
  const order = orderId ?? '';
  return refunds.map(({ id, amount, status }) => ({
    orderId: order,
    name: `${order} ${id}`,
    amount,
    status,
  }));
}

interface Series {
  name: string;
  last: number;
  numbers: number;
  highest: number;
  papers: number;
}

async function wrongNumbers(database: pg.Pool): Promise<Violation[]> {
  const { rows } = await database.query<Series>(NUMBERS);
  return rows
    .filter(({ last, numbers, highest, papers }) =>
      [numbers, highest, papers].some((count) => count !== last),
    )
    .map((series) =>
      wrong(series.name, `numbers are not 1 to the last: ${JSON.stringify(series)}`),
    );
}
