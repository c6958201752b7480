CREATE TABLE "seller_logos" (
	"sha256" text PRIMARY KEY NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credit_notes" ADD COLUMN "printed" text;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "printed" text;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_printed_unique" UNIQUE("printed");--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_printed_unique" UNIQUE("printed");