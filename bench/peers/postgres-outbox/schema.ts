/** The tables of the plain PostgreSQL peer: what an order is, what was heard, what is left to do. */
import { EFFECT_TABLES } from '../effects.ts';
import { ORDER_TABLE } from '../order-rows.ts';

export const TABLES = [
  ORDER_TABLE,
  `create table idempotency_keys (
    key text primary key,
    order_id text not null,
    created_at timestamptz not null default now()
  )`,
  // A queue's rows live for milliseconds: without this its dead ones are what the workers read.
  `create table outbox (
    id bigint generated always as identity primary key,
    order_id text not null,
    effect text not null,
    amount_minor integer not null,
    currency text not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  ...EFFECT_TABLES,
];
