/**
 * Idempotency-Key: the answer to the first request is kept and given to every repeat. What says
 * nothing lasting is not kept: a lack of service, or an outcome that is not in yet.
 */
import { failpoint } from '../../process/failpoints.ts';
import type { Database } from '../../store/database.ts';
import {
  claimKey,
  type KeyClaim,
  releaseKey,
  storeResponse,
} from '../../store/idempotency-keys.ts';
import { problemOf } from '../problems/errors.ts';
import { Problem } from '../problems/problem.ts';
import type { ProblemCode } from '../problems/problem-table.ts';
import { type Reply, replyOf } from './reply.ts';
import type { Answer } from './route.ts';

/** The longest wait that a caller can ask for, and some seconds for the work itself. */
const LEASE_MS = 45_000;

/** Found before the order is asked; a repeat may well find otherwise. */
const PASSING: ReadonlySet<ProblemCode> = new Set([
  'order_not_found',
  'customer_not_found',
  'payment_unanswered',
  'parked_event_not_found',
  'parked_event_not_deliverable',
  'parked_event_sealed',
]);

export interface KeyedRequest {
  owner: string;
  key: string;
  /** Of method, path and body. */
  fingerprint: string;
}

export interface KeyedWork {
  run(): Promise<Answer>;
  /** How a problem of the work reads, so that it can be kept too. */
  replyToProblem(problem: Problem): Reply;
}

/**
 * Runs the work once for a key.
 *
 * @throws Problem `idempotency_key_reused` or `idempotency_in_progress`, or what the work throws.
 */
export async function runOnce(
  database: Database,
  request: KeyedRequest,
  work: KeyedWork,
): Promise<Reply> {
  const state = await claimKey(database, { ...request, leaseMs: LEASE_MS });
  if (state.status === 'reused') throw new Problem('idempotency_key_reused');
  if (state.status === 'in_progress') throw new Problem('idempotency_in_progress');
  if (state.status === 'replay') return replayed(state.response);
  const { claim } = state;
  try {
    const answer = await work.run();
    const reply = replyOf(answer);
    failpoint('idempotency.afterAnswerBeforeStore');
    await (answer.isUnsettled ? release(database, claim) : keep(database, claim, reply));
    return reply;
  } catch (error) {
    const problem = problemOf(error);
    if (!isLasting(problem)) {
      await release(database, claim);
      throw error;
    }
    const reply = work.replyToProblem(problem);
    await keep(database, claim, reply);
    return reply;
  }
}

function replayed(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } };
}

/** An answer that cannot be kept is the answer all the same: a repeat finds what the order decided. */
async function keep(database: Database, claim: KeyClaim, reply: Reply): Promise<void> {
  const body = String(reply.body ?? '');
  await storeResponse(database, claim, { ...reply, body }).catch(() => {});
  failpoint('idempotency.afterStoreBeforeReply');
}

/** Where it cannot be given back, the lease ends by itself. */
async function release(database: Database, claim: KeyClaim): Promise<void> {
  await releaseKey(database, claim).catch(() => {});
}

function isLasting({ status, code }: Problem): boolean {
  return status < 500 && status !== 429 && !PASSING.has(code);
}
