-- What a table description cannot say: both series of papers begin at one, and an entry in the books
-- either has its two sides with the same money or does not exist. The check waits for the commit,
-- because the two sides are two rows.
INSERT INTO "number_series" ("name", "last") VALUES ('invoice', 0), ('credit_note', 0);
--> statement-breakpoint
CREATE FUNCTION "refuse_unbalanced_posting"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry text := coalesce(NEW.key, OLD.key);
  found record;
BEGIN
  SELECT
    count(*) AS sides,
    count(DISTINCT (amount_minor, currency)) AS amounts
  INTO found
  FROM postings WHERE key = entry;
  IF found.sides NOT IN (0, 2) OR found.amounts > 1 THEN
    RAISE EXCEPTION 'posting % does not balance: it needs a debit and a credit of the same money', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "postings_balance"
  AFTER INSERT OR UPDATE OR DELETE ON "postings"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "refuse_unbalanced_posting"();
