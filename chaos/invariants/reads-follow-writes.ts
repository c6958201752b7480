/** Reads: once an answer has shown a version of an order, no later answer shows an older one. */
import { groupBy } from '../../test/invariants/evidence.ts';
import type { Operation, Violation } from '../evidence.ts';
import { fieldsOf } from './answer-fields.ts';
import { type Invariant, wrong } from './remains.ts';

interface Seen {
  version: number;
  startedAt: number;
  endedAt: number;
}

export const readsFollowWrites: Invariant = {
  name: 'operations: reads follow writes',
  check: ({ operations }) =>
    [...groupBy(operations, ({ orderId }) => orderId)].flatMap(([orderId, group]) => [
      ...vanished(orderId, group),
      ...olderVersions(orderId, group.flatMap(seenIn)),
    ]),
};

function vanished(orderId: string, operations: readonly Operation[]): Violation[] {
  const existsAt = Math.min(
    ...operations.flatMap(({ kind, phase, endedAt }) =>
      kind === 'create' && phase === 'ok' ? (endedAt ?? []) : [],
    ),
  );
  return operations
    .filter(({ code, startedAt }) => code === 'order_not_found' && startedAt > existsAt)
    .map(({ kind }) => wrong(orderId, `was created, and was not found by a later ${kind}`));
}

/** What was stored under a key is as old as the first answer was. */
function seenIn(operation: Operation): Seen[] {
  const { phase, body, replayed, idempotencyKey, startedAt, endedAt } = operation;
  const { version, state } = fieldsOf(body);
  const isOrder = phase === 'ok' && typeof version === 'number' && state !== undefined;
  const isStored = replayed === true && idempotencyKey !== undefined;
  if (!isOrder || isStored || endedAt === undefined) return [];
  return [{ version, startedAt, endedAt }];
}

function olderVersions(orderId: string, seen: readonly Seen[]): Violation[] {
  const byStart = seen.toSorted((a, b) => a.startedAt - b.startedAt);
  const byEnd = seen.toSorted((a, b) => a.endedAt - b.endedAt);
  const found: Violation[] = [];
  let known = 0;
  let next = 0;
  for (const { version, startedAt } of byStart) {
    for (; (byEnd[next]?.endedAt ?? startedAt) < startedAt; next += 1)
      known = Math.max(known, byEnd[next]?.version ?? 0);
    if (version < known)
      found.push(wrong(orderId, `was read at version ${version} after version ${known}`));
  }
  return found;
}
