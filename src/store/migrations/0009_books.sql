CREATE TABLE "settlement_differences" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "settlement_differences_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"gateway" text NOT NULL,
	"reference" text NOT NULL,
	"payment_id" text,
	"order_id" text,
	"month" text NOT NULL,
	"expected_minor" bigint,
	"found_minor" bigint,
	"currency" text NOT NULL,
	"proposal" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"decision" text,
	"note" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"synced_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "settlement_differences_once" UNIQUE("kind","gateway","reference")
);
--> statement-breakpoint
CREATE TABLE "settlement_entries" (
	"key" text NOT NULL,
	"debit" text NOT NULL,
	"credit" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"gateway" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"line_id" text,
	"order_id" text,
	"settled_minor" bigint,
	"settled_currency" text,
	"day" date NOT NULL,
	"posted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "settlement_entries_day_key_pk" PRIMARY KEY("day","key"),
	CONSTRAINT "settlement_entries_amount_positive" CHECK ("settlement_entries"."amount_minor" > 0),
	CONSTRAINT "settlement_entries_two_accounts" CHECK ("settlement_entries"."debit" <> "settlement_entries"."credit")
);
--> statement-breakpoint
CREATE TABLE "settlement_imports" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "settlement_imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"gateway" text NOT NULL,
	"account" text NOT NULL,
	"format" text NOT NULL,
	"sha256" text NOT NULL,
	"value_zone" text NOT NULL,
	"book_zone" text NOT NULL,
	"lines" integer NOT NULL,
	"new_lines" integer NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"imported_by" text NOT NULL,
	"imported_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "settlement_imports_once" UNIQUE("gateway","account","sha256")
);
--> statement-breakpoint
CREATE TABLE "settlement_judgements" (
	"gateway" text PRIMARY KEY NOT NULL,
	"judged_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settlement_lines" (
	"gateway" text NOT NULL,
	"line_id" text NOT NULL,
	"import_id" bigint NOT NULL,
	"file_line" integer NOT NULL,
	"kind" text NOT NULL,
	"category" text NOT NULL,
	"payment_id" text,
	"reference" text,
	"order_hint" text,
	"gross_minor" bigint NOT NULL,
	"fee_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"net_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"customer_minor" bigint,
	"customer_currency" text,
	"payout_id" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "settlement_lines_gateway_line_id_pk" PRIMARY KEY("gateway","line_id"),
	CONSTRAINT "settlement_lines_net" CHECK ("settlement_lines"."net_minor" = "settlement_lines"."gross_minor" - "settlement_lines"."fee_minor" - "settlement_lines"."tax_minor")
);
--> statement-breakpoint
CREATE INDEX "settlement_differences_by_state" ON "settlement_differences" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "settlement_differences_by_month" ON "settlement_differences" USING btree ("month");--> statement-breakpoint
CREATE INDEX "settlement_entries_by_reference" ON "settlement_entries" USING btree ("gateway","reference") WHERE "settlement_entries"."line_id" is null;--> statement-breakpoint
CREATE INDEX "settlement_lines_by_reference" ON "settlement_lines" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "settlement_lines_by_payout" ON "settlement_lines" USING btree ("payout_id");--> statement-breakpoint
CREATE INDEX "postings_by_reference" ON "postings" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "postings_by_time" ON "postings" USING btree ("posted_at","key") WHERE "postings"."side" = 'debit';--> statement-breakpoint
-- What a table description cannot say: entries and lines are never changed or deleted, but that a line learns its
-- payout. A statement that touches no row is refused as well, as it was meant to.
CREATE FUNCTION "refuse_change_of_books"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed: post a reversal instead', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "settlement_entries_immutable"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "settlement_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_books"();
--> statement-breakpoint
CREATE TRIGGER "settlement_lines_immutable"
  BEFORE DELETE OR TRUNCATE OR UPDATE OF "gateway", "line_id", "import_id", "file_line", "kind", "category",
    "payment_id", "reference", "order_hint", "gross_minor", "fee_minor", "tax_minor", "net_minor", "currency",
    "customer_minor", "customer_currency", "occurred_at", "day" ON "settlement_lines"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_books"();
--> statement-breakpoint
CREATE TRIGGER "postings_immutable"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "postings"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_books"();
