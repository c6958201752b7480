/**
 * The only place where errors become answers. What is not known here is a fault of ours: the caller
 * gets nothing of it but the request's id.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  WebhookRejection,
} from '../../gateways/gateway.ts';
import { isStatementRefused } from '../../store/database.ts';
import { CursorError } from '../../store/page.ts';
import { OrchestratorUnavailable, UnknownOrder } from './orchestrator-errors.ts';
import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-table.ts';

/** What body-parser calls its errors. */
const BODY_ERRORS: Record<string, ProblemCode> = {
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'content_encoding_unsupported',
  'request.aborted': 'body_incomplete',
  'request.size.invalid': 'body_incomplete',
};

const DISK_FULL_STATE = '53100';
/** Temporal repeats what its store says. */
const SQLITE_FULL = /disk is full|no space left/i;
const WITHOUT_SPACE: Partial<Record<ProblemCode, string>> = {
  database_unavailable: 'The database',
  orchestrator_unavailable: 'Temporal',
};

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const isForCaller = error instanceof WebhookRejection || error instanceof CursorError;
  const detail = isForCaller ? error.message : noSpaceDetailOf(code, error);
  return new Problem(code, { cause: error, ...(detail === undefined ? {} : { detail }) });
}

/** An operator who only sees the answer must not look for a network or a process. */
function noSpaceDetailOf(code: ProblemCode, error: unknown): string | undefined {
  const who = WITHOUT_SPACE[code];
  if (who === undefined || !isForLackOfSpace(error)) return undefined;
  return `${who} has no space left on its disk: free some. Nothing is lost: send the same request again then.`;
}

function isForLackOfSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof pg.DatabaseError && error.code === DISK_FULL_STATE) return true;
  return SQLITE_FULL.test(error.message) || isForLackOfSpace(error.cause);
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof OrchestratorUnavailable) return 'orchestrator_unavailable';
  if (error instanceof UnknownOrder) return 'order_not_found';
  if (error instanceof WebhookRejection) return error.code;
  if (error instanceof GatewayMisconfigured) return 'gateway_misconfigured';
  if (error instanceof GatewayOutcomeUnknown) return 'gateway_unavailable';
  if (error instanceof CursorError) return 'cursor_invalid';
  if (isDatabaseUnavailable(error)) return 'database_unavailable';
  if (error instanceof URIError) return 'malformed_url';
  return bodyErrorOf(error) ?? 'internal_error';
}

/** Whether a query failed for lack of a database that serves, and not for what it asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof pg.DatabaseError) return !isStatementRefused(cause);
  // Without an answer from the server it is the connection, the pool or a time-out.
  return error instanceof DrizzleQueryError;
}

function bodyErrorOf(error: unknown): ProblemCode | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  return BODY_ERRORS[String(error.type)];
}
