CREATE TABLE "orchestrator_lease" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"namespace_id" text NOT NULL,
	"place" text NOT NULL,
	"renewed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orchestrator_lease_only_one" CHECK ("orchestrator_lease"."is_only")
);
