ALTER TABLE "credit_notes" ADD COLUMN "credited" json;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "lines" json;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "lines" json;--> statement-breakpoint
CREATE INDEX "credit_notes_taxed_by_time" ON "credit_notes" USING btree ("issued_at") WHERE "credit_notes"."credited" is not null;--> statement-breakpoint
CREATE INDEX "invoices_taxed_by_time" ON "invoices" USING btree ("issued_at") WHERE "invoices"."lines" is not null;