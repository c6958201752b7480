CREATE TABLE "settlement_day_items" (
	"gateway" text NOT NULL,
	"day" date NOT NULL,
	"line_id" text NOT NULL,
	"payout_id" text,
	"data" json NOT NULL,
	CONSTRAINT "settlement_day_items_gateway_day_line_id_pk" PRIMARY KEY("gateway","day","line_id")
);
--> statement-breakpoint
CREATE TABLE "settlement_days" (
	"gateway" text NOT NULL,
	"day" date NOT NULL,
	"state" text NOT NULL,
	"fetch_id" text NOT NULL,
	"cursor" text,
	"is_whole" boolean DEFAULT false NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"import_id" bigint,
	"requested_by" text NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "settlement_days_gateway_day_pk" PRIMARY KEY("gateway","day")
);
--> statement-breakpoint
-- Roles of services that may delete expired idempotency keys, as deploy/postgres/runtime-role.sql makes one, also need to
-- forget what has ended: tries of effects that went well at last, claims that came to nothing, and days that were imported.
DO $$
DECLARE
  role text;
BEGIN
  FOR role IN
    SELECT grantee FROM information_schema.role_table_grants
    WHERE table_schema = current_schema() AND table_name = 'idempotency_keys'
      AND privilege_type = 'DELETE' AND grantee <> current_user
  LOOP
    EXECUTE format(
      'GRANT DELETE ON failing_effects, gateway_payments, settlement_day_items TO %I', role);
  END LOOP;
END
$$;
