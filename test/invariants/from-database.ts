/** What the database of an installation has of its orders, read for the invariants in one statement. */
import type pg from 'pg';
import { LEDGER_PARTS, type OrderEvidence } from './evidence.ts';

/** What the tables cannot know is added by whoever has the logs of the gateway and of the CRM. */
export type RecordEvidence = Omit<OrderEvidence, 'payments' | 'crm'>;

const list = (row: string, from: string, order: string): string =>
  `(select coalesce(json_agg(json_build_object(${row}) order by ${order}), '[]') from ${from})`;

const LEDGER = LEDGER_PARTS.map((part) => `'${part}', ledger -> '${part}'`).join(', ');

/** In one statement, as an order may still be writing; ids without an order are there as well. */
const EVIDENCE = `
  with ids as (
    select id from orders
    union select order_id from entitlements
    union select order_id from invoices
    union select order_id from credit_notes
    union select order_id from postings
  )
  select ids.id as "orderId",
    (select json_build_object(
       'id', id, 'state', state, 'version', version, 'revision', revision,
       'amountMinor', amount_minor, 'currency', currency, 'view', view, 'isClosed', closed,
       'ledger', json_build_object(${LEDGER})
     ) from orders where id = ids.id) as "order",
    ${list(
      `'epoch', epoch, 'grantKey', grant_key, 'isGranted', granted_at is not null,
       'revokeKey', revoke_key, 'isRevoked', revoked_at is not null`,
      'entitlements where order_id = ids.id',
      'epoch',
    )} as entitlements,
    ${list("'key', key, 'epoch', epoch", 'invoices where order_id = ids.id', 'number')} as invoices,
    ${list(
      "'key', key, 'refundId', refund_id, 'amountMinor', amount_minor",
      'credit_notes where order_id = ids.id',
      'number',
    )} as "creditNotes",
    ${list(
      `'key', key, 'side', side, 'account', account, 'amountMinor', amount_minor,
       'currency', currency, 'kind', kind, 'reference', reference`,
      'postings where order_id = ids.id',
      'key, side',
    )} as postings,
    (select coalesce(json_agg(payment_id), '[]') from parked_events
     where order_id = ids.id and reason = 'foreign_payment') as "parkedPayments",
    ${list(
      `'seq', seq, 'source', source, 'eventId', event_id, 'outcome', outcome, 'version', version`,
      'order_events where order_id = ids.id',
      'seq',
    )} as outcomes,
    ${list(
      "'version', version, 'from', from_state, 'to', to_state",
      'order_state_log where order_id = ids.id',
      'revision',
    )} as moves
  from ids left join orders as known on known.id = ids.id
  order by known.id is null, ids.id`;

export async function readOrderEvidence(database: pg.Pool): Promise<RecordEvidence[]> {
  return (await database.query<RecordEvidence>(EVIDENCE)).rows;
}

/** For an order that only others know of. */
export function nothingAbout(orderId: string): RecordEvidence {
  const nothing = { entitlements: [], invoices: [], creditNotes: [], postings: [] };
  return { orderId, order: null, ...nothing, parkedPayments: [], outcomes: [], moves: [] };
}
