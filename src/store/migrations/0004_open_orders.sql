ALTER TABLE "orders" ADD COLUMN "closed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "next_deadline_at" timestamp(3) with time zone DEFAULT 'infinity' NOT NULL;--> statement-breakpoint
-- Orders from before: what each next write of a record says exactly, said from what the ledgers hold now.
UPDATE "orders" SET "closed" = true WHERE ("ledger"->>'closed')::boolean;--> statement-breakpoint
UPDATE "orders" SET "next_deadline_at" = coalesce(least(
  to_timestamp(("ledger"->'poll'->>'at')::bigint / 1000.0),
  CASE
    WHEN "state" IN ('initiated', 'pending', 'partially_paid') THEN "expires_at"
    WHEN NOT "needs_review" THEN greatest(
      "updated_at" + ("ledger"->'terms'->>'settlementWindowMs')::bigint * interval '1 millisecond',
      to_timestamp(("ledger"->>'settleNotBefore')::bigint / 1000.0)
    )
  END
), 'infinity') WHERE NOT "closed";--> statement-breakpoint
CREATE INDEX "orders_open" ON "orders" USING btree ("next_deadline_at","id","created_at") WHERE not "orders"."closed";
