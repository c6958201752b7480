-- The role that APIs and workers connect as: it reads and writes rows, and can change no table. Run it as
-- the role that owns the tables, after the first migration; tables of later ones are seen to:
--   psql "$MIGRATIONS_URL" -v ON_ERROR_STOP=1 -f deploy/postgres/runtime-role.sql
-- then: ALTER ROLE payonce_runtime LOGIN, and \password payonce_runtime.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payonce_runtime') THEN
    CREATE ROLE payonce_runtime NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO payonce_runtime;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO payonce_runtime;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO payonce_runtime;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO payonce_runtime;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO payonce_runtime;
-- The only rows that are ever deleted: expired keys, tries of effects that went well at last, claims that came to nothing,
-- and what was fetched of a day that is imported. Orders, events, invoices, lines and postings are kept.
GRANT DELETE ON idempotency_keys, failing_effects, gateway_payments, settlement_day_items TO payonce_runtime;
