CREATE TABLE "failing_effects" (
	"key" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"effect" text NOT NULL,
	"attempts" integer NOT NULL,
	"error" text NOT NULL,
	"first_failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"next_try_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "failing_effects_by_order" ON "failing_effects" USING btree ("order_id");