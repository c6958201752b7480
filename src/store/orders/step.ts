/**
 * A step whose effects are rows of this database, in one statement and so in one commit: the record with what has come
 * of the effects, and the effects. All of it or nothing.
 */
import type { Seller } from '../../domain/details.ts';
import { viewOf } from '../../domain/view.ts';
import { CHANGE_CHANNEL } from '../change-channel.ts';
import type { Database } from '../database.ts';
import type { Entry } from '../effects/postings.ts';
import { type CameToState, type OrderRecord, RECORD_PARTS, recordValues } from './record.ts';

/** A message that is posted nowhere: `body` is its text. */
interface KeptMessage {
  key: string;
  body: string;
}

export interface StepRows {
  grants: (KeptMessage & { epoch: number; customerId: string })[];
  /** What else it prints is in the order's row. */
  invoice: {
    key: string;
    epoch: number;
    customerId: string;
    seller: Seller;
    layout: number;
    /** Of its number where it is printed: see `NumberPattern`. */
    prefix: string;
    digits: number;
    /** Minor units of `currency`, as in every entry. */
    amountMinor: number;
    discountMinor: number | null;
    currency: string;
    gateway: string;
  } | null;
  crm: (KeptMessage & { type: string })[];
  entries: Entry[];
}

/**
 * Every part has what the statement of its own effect has: see entitlements.ts, message-log.ts, postings.ts and
 * invoices.ts. An invoice that is neither issued nor there makes the whole statement fail, as it has no number.
 */
const WRITE_STEP = {
  name: 'write-step',
  text: `
    with ${RECORD_PARTS}, granting as (
      select grants.* from changed, json_to_recordset($21::json) as grants
        (key text, body text, epoch int, "customerId" text)
      where not exists (
        select from entitlements
        where order_id = $1 and epoch = grants.epoch and revoked_at is not null
      )
    ), grant_told as (
      insert into access_updates (key, order_id, type, body)
      select key, $1, 'access.granted', body from granting
      on conflict do nothing
    ), granted as (
      insert into entitlements (order_id, epoch, customer_id, grant_key, granted_at)
      select $1, epoch, "customerId", key, now() from granting
      on conflict do nothing
    ), crm_told as (
      insert into crm_updates (key, order_id, type, body)
      select key, $1, type, body from changed, json_to_recordset($22::json) as messages
        (key text, body text, type text)
      on conflict do nothing
    ), posted as (
      insert into postings
        (key, order_id, kind, reference, amount_minor, currency, side, account)
      select key, $1, kind, reference, "amountMinor", currency, side,
        case side when 'debit' then debit else credit end
      from changed, json_to_recordset($23::json) as entries
        (key text, kind text, reference text, debit text, credit text, "amountMinor" bigint,
         currency text),
        (values ('debit'), ('credit')) as sides (side)
      on conflict do nothing
    ), invoicing as (
      select asked.* from changed, json_to_record($24::json) as asked
        (key text, epoch int, "customerId" text, seller json, layout int, prefix text, digits int,
         "amountMinor" bigint, "discountMinor" bigint, currency text, gateway text)
      where asked.key is not null and not exists (
        select from invoices where order_id = $1 and invoices.epoch = asked.epoch
      )
    ), numbered as (
      update number_series set last = last + 1
      where name = 'invoice' and exists (select from invoicing)
      returning last as number
    ), issued as (
      insert into invoices (
        number, printed, order_id, epoch, key, customer_id, email, description,
        customer_name, customer_address, seller, lines, layout, amount_minor, discount_minor,
        currency, gateway
      )
      select number,
        prefix || lpad(number::text, greatest(digits, length(number::text)), '0'), $1, epoch, key, "customerId", before.email, before.description,
        before.people ->> 'name',
        case json_typeof(before.people -> 'address') when 'object' then before.people -> 'address' end,
        seller, before.lines, layout, "amountMinor",
        "discountMinor", invoicing.currency, invoicing.gateway
      from invoicing cross join before left join numbered on true
    )
    select pg_notify('${CHANGE_CHANNEL}', id) from changed`,
};

/**
 * Answers whether it is written. Where it is not, nothing was: the order has come to another ledger, or had come to
 * this step before.
 *
 * @param came when the order came to the state that it is in
 */
export async function writeStep(
  { pool }: Database,
  record: OrderRecord,
  { came, rows: { grants, invoice, crm, entries } }: { came: CameToState; rows: StepRows },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    ...WRITE_STEP,
    values: [
      ...recordValues(record, viewOf(record.ledger), came),
      JSON.stringify(grants),
      JSON.stringify(crm),
      JSON.stringify(entries),
      JSON.stringify(invoice ?? {}),
    ],
  });
  return rowCount === 1;
}
