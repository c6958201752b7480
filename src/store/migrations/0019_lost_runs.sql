CREATE TABLE "lost_runs" (
	"order_id" text NOT NULL,
	"run_id" text NOT NULL,
	"how" text NOT NULL,
	"ended_by" text,
	"reason" text,
	"noticed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "lost_runs_order_id_run_id_pk" PRIMARY KEY("order_id","run_id")
);
