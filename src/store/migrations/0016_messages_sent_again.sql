ALTER TABLE "access_updates" ADD COLUMN "times_sent" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "crm_updates" ADD COLUMN "times_sent" integer DEFAULT 0 NOT NULL;