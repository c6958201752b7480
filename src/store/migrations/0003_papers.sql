ALTER TABLE "credit_notes" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD COLUMN "customer_name" text;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD COLUMN "customer_address" json;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD COLUMN "seller" json;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "customer_name" text;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "customer_address" json;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "seller" json;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "layout" integer DEFAULT 1 NOT NULL;