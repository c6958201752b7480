/** How the API calls Temporal: within a deadline, and with errors that say whether asking again helps. */
import { type Client, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { OrchestratorUnavailable } from '../problems/orchestrator-errors.ts';

const GRPC_INVALID_ARGUMENT = 3;
const GRPC_NOT_FOUND = 5;
const GRPC_ALREADY_EXISTS = 6;

/** @throws OrchestratorUnavailable for whatever heals by itself */
export async function within<T>(
  client: Client,
  deadlineMs: number,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + deadlineMs, call);
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code === null || isOurFault(code, error)) throw error;
    throw new OrchestratorUnavailable('Temporal did not take the call', { cause: error });
  }
}

export function isNotFound(error: unknown): boolean {
  return grpcCodeOf(error) === GRPC_NOT_FOUND;
}

export function isInvalidArgument(error: unknown): boolean {
  return grpcCodeOf(error) === GRPC_INVALID_ARGUMENT;
}

export function isAlreadyStarted(error: unknown): boolean {
  return grpcCodeOf(error) === GRPC_ALREADY_EXISTS;
}

/** An order with too many signals is refused as an invalid argument too; that one heals. */
function isOurFault(code: number, error: unknown): boolean {
  return code === GRPC_INVALID_ARGUMENT && !/signal/i.test(String(error));
}

function grpcCodeOf(error: unknown): number | null {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : null;
}
