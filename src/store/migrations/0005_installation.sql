CREATE TABLE "installation" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "installation_only_one" CHECK ("installation"."is_only"),
	CONSTRAINT "installation_id_form" CHECK ("installation"."id" ~ '^ins_[0-9a-f]{32}$')
);
--> statement-breakpoint
-- Made here, once: an installation is a database, and every process that uses it is the same one.
INSERT INTO "installation" ("id") VALUES ('ins_' || replace(gen_random_uuid()::text, '-', ''));--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "type" text;--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "payment_id" text;--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "amount_minor" bigint;--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "currency" text;--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "parked_events" ADD COLUMN "decided_at" timestamp (3) with time zone;