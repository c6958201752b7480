/**
 * The one place that turns errors into what Temporal understands: a definite no is final and waits for
 * an operator, everything else is tried again. No message may carry a body, a parameter or a secret.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
} from '../gateways/gateway.ts';

/** The detail of a failure that says so; the workflow reads it. */
const UNPAYABLE = 'unpayable';
/** Of a payment that the gateway does not know. */
const GONE = 'gone';
/** The gateway knows of more than the order does. */
const OUTDATED = 'outdated';
/** Of a message that was never taken, however often it was to be sent. */
const UNDELIVERED = 'undelivered';

/**
 * Another system refused a message of ours, and will refuse it again; `code` names its answer, `isUndelivered` says that it
 * has not taken it at any earlier time either.
 */
export class DeliveryRefusal extends Error {
  override readonly name = 'DeliveryRefusal';
  readonly code: string;
  readonly isUndelivered: boolean;

  constructor(code: string, message: string, isUndelivered: boolean) {
    super(message);
    this.code = code;
    this.isUndelivered = isUndelivered;
  }
}

/** Another system did not take a message of ours this time. */
export class DeliveryOutcomeUnknown extends Error {
  override readonly name = 'DeliveryOutcomeUnknown';
}

/**
 * Runs an activity's work and rethrows its errors for Temporal.
 *
 * @throws ApplicationFailure of the error's own type: not to be retried, with the refusal's code as its
 * first detail, for `GatewayRefusal` and `DeliveryRefusal`, followed by `UNPAYABLE` for a payment that nobody
 * could make, `GONE` for one that the gateway does not know, `OUTDATED` where the gateway knows more than the
 * order, and `UNDELIVERED` for a message that was never taken; to be retried for everything else.
 */
export async function asActivityFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

/** The other side's no; null for everything that may work the next time. */
export function refusalOf(
  error: unknown,
): { code: string; isUnpayable?: true; isUndelivered?: true } | null {
  if (!isRefusal(error)) return null;
  const kinds = kindOf(error);
  return {
    code: error.code,
    ...(kinds.includes(UNPAYABLE) ? { isUnpayable: true as const } : {}),
    ...(kinds.includes(UNDELIVERED) ? { isUndelivered: true as const } : {}),
  };
}

/** A payment that is gone is not called unpayable as well: there is nothing to pay. */
function kindOf(error: GatewayRefusal | DeliveryRefusal): string[] {
  if (error instanceof DeliveryRefusal) return error.isUndelivered ? [UNDELIVERED] : [];
  const { isGone, isUnpayable, isOutdated } = error;
  return [
    ...(isGone ? [GONE] : []),
    ...(isUnpayable && !isGone ? [UNPAYABLE] : []),
    ...(isOutdated ? [OUTDATED] : []),
  ];
}

/** What an operator has to correct before another try can succeed; null for every other error. */
export function unknownOutcomeOf(
  error: unknown,
): { reason: string; code: 'gateway_misconfigured' } | null {
  if (!(error instanceof GatewayMisconfigured)) return null;
  return { reason: error.message, code: 'gateway_misconfigured' };
}

function isRefusal(error: unknown): error is GatewayRefusal | DeliveryRefusal {
  return error instanceof GatewayRefusal || error instanceof DeliveryRefusal;
}

/** The error as Temporal is told it. */
export function failureOf(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (isRefusal(error))
    return ApplicationFailure.nonRetryable(error.message, error.name, error.code, ...kindOf(error));
  if (error instanceof GatewayOutcomeUnknown || error instanceof DeliveryOutcomeUnknown)
    return ApplicationFailure.retryable(error.message, error.name);
  const database = databaseProblem(error);
  if (database !== null) return ApplicationFailure.retryable(database, 'DatabaseFailure');
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  // Nobody expected this one, so where it came from is worth keeping.
  return Object.assign(ApplicationFailure.retryable(message, name), { stack });
}

/** A failed query's own message lists its parameters, so only the database's code is told. */
function databaseProblem(error: unknown): string | null {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof pg.DatabaseError)
    return `the database refused a statement (SQLSTATE ${cause.code ?? 'unknown'})`;
  return error instanceof DrizzleQueryError
    ? `the database did not answer: ${cause instanceof Error ? cause.message : 'no reason given'}`
    : null;
}
