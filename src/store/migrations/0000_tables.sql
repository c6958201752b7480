CREATE TABLE "duplicate_deliveries" (
	"order_id" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"count" integer DEFAULT 1 NOT NULL,
	"first_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "duplicate_deliveries_order_id_event_id_pk" PRIMARY KEY("order_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"token" uuid NOT NULL,
	"leased_until" timestamp (3) with time zone NOT NULL,
	"status" integer,
	"headers" json,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_owner_key_pk" PRIMARY KEY("owner","key"),
	CONSTRAINT "idempotency_keys_answer_whole" CHECK (num_nulls("idempotency_keys"."status", "idempotency_keys"."headers", "idempotency_keys"."body") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "parked_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parked_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"gateway" text NOT NULL,
	"identity" text NOT NULL,
	"event_id" text,
	"order_id" text,
	"reason" text NOT NULL,
	"body" "bytea" NOT NULL,
	"status" text DEFAULT 'parked' NOT NULL,
	"deliveries" integer DEFAULT 1 NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"redelivered_at" timestamp (3) with time zone,
	CONSTRAINT "parked_events_once" UNIQUE("gateway","identity")
);
--> statement-breakpoint
CREATE TABLE "access_updates" (
	"key" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "credit_notes" (
	"number" bigint PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"refund_id" text NOT NULL,
	"key" text NOT NULL,
	"customer_id" text NOT NULL,
	"invoice_number" bigint,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"issued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_notes_key_unique" UNIQUE("key"),
	CONSTRAINT "credit_notes_once" UNIQUE("order_id","refund_id"),
	CONSTRAINT "credit_notes_amount_positive" CHECK ("credit_notes"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "credit_notes_currency_iso" CHECK ("credit_notes"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "crm_updates" (
	"key" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "entitlements" (
	"order_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"customer_id" text NOT NULL,
	"grant_key" text,
	"granted_at" timestamp (3) with time zone,
	"revoke_key" text,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "entitlements_order_id_epoch_pk" PRIMARY KEY("order_id","epoch")
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"number" bigint PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"key" text NOT NULL,
	"customer_id" text NOT NULL,
	"email" text,
	"description" text,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"gateway" text NOT NULL,
	"issued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invoices_key_unique" UNIQUE("key"),
	CONSTRAINT "invoices_once" UNIQUE("order_id","epoch"),
	CONSTRAINT "invoices_amount_positive" CHECK ("invoices"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "invoices_currency_iso" CHECK ("invoices"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"name" text PRIMARY KEY NOT NULL,
	"last" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "postings" (
	"key" text NOT NULL,
	"side" text NOT NULL,
	"account" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"order_id" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"posted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "postings_key_side_pk" PRIMARY KEY("key","side"),
	CONSTRAINT "postings_side_known" CHECK ("postings"."side" in ('debit', 'credit')),
	CONSTRAINT "postings_amount_positive" CHECK ("postings"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "postings_currency_iso" CHECK ("postings"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "gateway_payments" (
	"gateway" text NOT NULL,
	"payment_id" text NOT NULL,
	"order_id" text NOT NULL,
	CONSTRAINT "gateway_payments_gateway_payment_id_pk" PRIMARY KEY("gateway","payment_id")
);
--> statement-breakpoint
CREATE TABLE "order_events" (
	"order_id" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL,
	"type" text NOT NULL,
	"event_id" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text NOT NULL,
	"version" integer NOT NULL,
	"answer" json,
	CONSTRAINT "order_events_order_id_seq_pk" PRIMARY KEY("order_id","seq")
);
--> statement-breakpoint
CREATE TABLE "order_state_log" (
	"order_id" text NOT NULL,
	"revision" bigint NOT NULL,
	"version" integer NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "order_state_log_order_id_revision_pk" PRIMARY KEY("order_id","revision")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"gateway" text NOT NULL,
	"customer_id" text NOT NULL,
	"email" text,
	"description" text,
	"metadata" json NOT NULL,
	"state" text NOT NULL,
	"needs_review" boolean DEFAULT false NOT NULL,
	"version" integer NOT NULL,
	"revision" bigint NOT NULL,
	"ledger" json NOT NULL,
	"view" json NOT NULL,
	"settlement_window_ms" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	CONSTRAINT "orders_amount_positive" CHECK ("orders"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "orders_currency_iso" CHECK ("orders"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "orders_revision_counts" CHECK ("orders"."revision" >= 0)
);
--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_invoice_number_invoices_number_fk" FOREIGN KEY ("invoice_number") REFERENCES "public"."invoices"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gateway_payments" ADD CONSTRAINT "gateway_payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_state_log" ADD CONSTRAINT "order_state_log_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "parked_events_by_status" ON "parked_events" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "access_updates_by_order" ON "access_updates" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "crm_updates_by_order" ON "crm_updates" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "entitlements_by_customer" ON "entitlements" USING btree ("customer_id","order_id","epoch");--> statement-breakpoint
CREATE INDEX "postings_by_order" ON "postings" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "order_events_by_event" ON "order_events" USING btree ("order_id","event_id");--> statement-breakpoint
CREATE INDEX "orders_by_age" ON "orders" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_state" ON "orders" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_customer" ON "orders" USING btree ("customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_for_review" ON "orders" USING btree ("created_at","id") WHERE "orders"."needs_review";--> statement-breakpoint
CREATE INDEX "orders_unstarted" ON "orders" USING btree ("created_at") WHERE "orders"."started_at" is null;