ALTER TABLE "credit_notes" ADD COLUMN "credited" json;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "lines" json;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "lines" json;