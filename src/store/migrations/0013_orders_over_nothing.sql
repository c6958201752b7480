ALTER TABLE "invoices" DROP CONSTRAINT "invoices_amount_positive";--> statement-breakpoint
ALTER TABLE "orders" DROP CONSTRAINT "orders_amount_positive";--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_amount_in_range" CHECK ("invoices"."amount_minor" between 0 and 9007199254740991);--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_amount_in_range" CHECK ("orders"."amount_minor" between 0 and 9007199254740991);