CREATE TABLE "order_disputes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "order_disputes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"order_id" text NOT NULL,
	"dispute_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"gateway" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"respond_by" timestamp(3) with time zone DEFAULT 'infinity' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "order_disputes_once" UNIQUE("order_id","dispute_id")
);
--> statement-breakpoint
CREATE INDEX "order_disputes_by_deadline" ON "order_disputes" USING btree ("respond_by","id");--> statement-breakpoint
CREATE INDEX "order_disputes_by_status" ON "order_disputes" USING btree ("status","respond_by","id");--> statement-breakpoint
-- Those of orders from before, as their ledgers have them. A ledger may hold escapes of NUL and of single surrogates, which
-- are JSON that PostgreSQL does not unescape: here they are read as a question mark.
WITH "ledgers" AS (
  SELECT "id", "gateway", "created_at", regexp_replace(
    "ledger"::text, '((?<!\\)(?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1?', 'g'
  )::json AS "ledger" FROM "orders" WHERE "view"::text LIKE '%"disputes":[{%'
)
INSERT INTO "order_disputes"
  ("order_id", "dispute_id", "payment_id", "gateway", "amount_minor", "currency", "status", "respond_by")
SELECT "ledgers"."id", "dispute"->>'disputeId', "dispute"->>'paymentId', "gateway",
  ("dispute"->>'amountMinor')::bigint, "dispute"->>'currency', "dispute"->>'status',
  coalesce(to_timestamp(("dispute"->>'respondBy')::bigint / 1000.0), 'infinity')
FROM "ledgers", json_each("ledgers"."ledger"->'disputes') AS "entry" ("name", "dispute")
WHERE "dispute"->>'disputeId' ~ '^[\x21-\x7e]{1,255}$' AND "dispute"->>'paymentId' ~ '^[\x21-\x7e]{1,255}$'
ORDER BY "created_at", "ledgers"."id";--> statement-breakpoint
-- Behind what is read of all orders: it locks them against writing for as long as this transaction lasts.
ALTER TABLE "order_disputes" ADD CONSTRAINT "order_disputes_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;
