CREATE TABLE "order_refunds" (
	"refund_id" text NOT NULL,
	"order_id" text NOT NULL,
	CONSTRAINT "order_refunds_refund_id_order_id_pk" PRIMARY KEY("refund_id","order_id")
);
--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "review_reasons" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Orders from before, from what their views hold. A view may hold escapes of NUL and of single surrogates, which are
-- JSON that PostgreSQL does not unescape: here they are read as a question mark.
WITH "views" AS (
  SELECT "id", regexp_replace(
    "view"::text, '((?<!\\)(?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1?', 'g'
  )::json AS "view" FROM "orders" WHERE "needs_review"
)
UPDATE "orders" SET "review_reasons" = ARRAY(
  SELECT DISTINCT "review"->>'reason' FROM json_array_elements("views"."view"->'reviews') AS "review"
  WHERE "review"->>'status' = 'open'
) FROM "views" WHERE "orders"."id" = "views"."id";--> statement-breakpoint
WITH "views" AS (
  SELECT "id", regexp_replace(
    "view"::text, '((?<!\\)(?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1?', 'g'
  )::json AS "view" FROM "orders" WHERE "view"::text LIKE '%"refunds":[{%'
)
INSERT INTO "order_refunds" ("refund_id", "order_id")
SELECT DISTINCT "name"."refund_id", "views"."id"
FROM "views", json_array_elements("views"."view"->'refunds') AS "refund",
  unnest(ARRAY["refund"->>'id', "refund"->>'refundId']) AS "name" ("refund_id")
WHERE "name"."refund_id" ~ '^[\x21-\x7e]{1,255}$';--> statement-breakpoint
CREATE INDEX "gateway_payments_by_payment" ON "gateway_payments" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "orders_by_email" ON "orders" USING btree (lower(left("email", 320)),"created_at","id") WHERE "orders"."email" is not null;--> statement-breakpoint
CREATE INDEX "orders_by_gateway" ON "orders" USING btree ("gateway","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_currency" ON "orders" USING btree ("currency","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_amount" ON "orders" USING btree ("amount_minor","created_at","id");--> statement-breakpoint
CREATE INDEX "orders_by_review_reason" ON "orders" USING gin ("review_reasons") WHERE "orders"."needs_review";