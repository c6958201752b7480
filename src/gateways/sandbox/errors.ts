/** What the sandbox gateway's problems mean: a refusal only where it has said no and would say it again. */
import { z } from 'zod';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';

/** Answers that say nothing about the outcome: time-out, key in progress, too early, too many. */
const TRANSIENT_STATUSES = new Set([408, 409, 425, 429]);

/** The request is wrong in itself. */
const UNPROCESSABLE = 422;

const problemSchema = z.object({ code: z.string() });

export interface Reply {
  status: number;
  body: unknown;
}

export function codeOf(reply: Reply): string | null {
  const problem = problemSchema.safeParse(reply.body);
  return problem.success && reply.status >= 400 ? problem.data.code : null;
}

/** The error of an answer; null for one that says what was asked for. */
export function errorOf(reply: Reply): Error | null {
  const { status } = reply;
  if (status >= 500 || TRANSIENT_STATUSES.has(status))
    return new GatewayOutcomeUnknown(`sandbox gateway answered ${status}`);
  if (isKeyRefused(status))
    return new GatewayMisconfigured('The sandbox gateway', { status, variables: 'SANDBOX_PORT' });
  if (status < 400) return null;
  const code = codeOf(reply) ?? `http_${status}`;
  const isUnpayable = status === UNPROCESSABLE;
  const isGone = code === 'payment_not_found';
  // It was refunded at the gateway itself: what the order knows is old.
  const isOutdated = code === 'refund_exceeds_captured';
  const kind = { isUnpayable, isGone, isOutdated };
  return new GatewayRefusal(code, `sandbox gateway refused: ${code}`, kind);
}
