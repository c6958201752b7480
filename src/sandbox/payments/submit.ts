/**
 * Runs one change: the new state, the stored answer of its idempotency key and its webhooks are
 * one transaction. The same key never runs a change twice, however many callers use it at once.
 */

import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { type Answer, problem } from '../http/answer.ts';
import { answers } from '../store/schema.ts';
import type { Database, Store } from '../store/store.ts';
import { insertWebhooks, type Webhook } from '../store/webhook-rows.ts';
import type { Payment } from './payment.ts';
import type { PaymentEvent } from './verdict.ts';

/** The answer to a change and, when it changed something, what webhooks have to tell. */
export type Outcome = {
  readonly answer: Answer;
  readonly changed?: { readonly payment: Payment; readonly events: readonly PaymentEvent[] };
};

export type Change = {
  readonly idempotencyKey: string | undefined;
  /** What must be equal for the key to be used again: the call and its parsed body. */
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly run: (db: Database) => Promise<Outcome>;
};

export type Submit = (change: Change) => Promise<Answer>;

const fingerprintOf = (request: Change['request']): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex');

async function storedAnswer(
  db: Database,
  key: string | undefined,
  fingerprint: string,
): Promise<Answer | undefined> {
  if (key === undefined) return undefined;
  const [stored] = await db.select().from(answers).where(eq(answers.idempotencyKey, key));
  if (stored === undefined) return undefined;
  if (stored.fingerprint !== fingerprint) {
    const detail = `Idempotency-Key ${key} was used for another request; use a new key.`;
    return problem(422, 'idempotency_key_reused', detail);
  }
  const { status, body } = stored;
  return { status, body, headers: { 'Idempotent-Replayed': 'true' } };
}

/** `wake` hears of the webhooks once they are committed, never before. */
export function createSubmit(store: Store, wake: (webhooks: readonly Webhook[]) => void): Submit {
  return async ({ idempotencyKey, request, run }) => {
    const fingerprint = fingerprintOf(request);
    const { answer, webhooks } = await store.write(async (db) => {
      const stored = await storedAnswer(db, idempotencyKey, fingerprint);
      if (stored) return { answer: stored, webhooks: [] };
      const { answer, changed } = await run(db);
      const webhooks = changed ? await insertWebhooks(db, changed.payment, changed.events) : [];
      if (idempotencyKey !== undefined) {
        const { status, body } = answer;
        await db.insert(answers).values({ idempotencyKey, fingerprint, status, body });
      }
      return { answer, webhooks };
    });
    wake(webhooks);
    return answer;
  };
}
