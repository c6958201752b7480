/** Doubts: whatever nobody knew the outcome of was asked again, and had an answer in the end. */
import { canonicalJson } from '../../src/api/http/canonical-json.ts';
import { groupBy } from '../../test/invariants/evidence.ts';
import type { Operation } from '../evidence.ts';
import { isFinal } from './one-answer.ts';
import { type Invariant, wrong } from './remains.ts';

/** Questions, and what must not be taken: they have no outcome that anybody could be in doubt of. */
const WITHOUT_OUTCOME: readonly Operation['kind'][] = ['read', 'verify', 'fuzz'];

export const noDoubtRemains: Invariant = {
  name: 'operations: no doubt remains',
  check: ({ operations }) => {
    const asked = operations.filter(({ kind }) => !WITHOUT_OUTCOME.includes(kind));
    return [...groupBy(asked, intentionOf)].flatMap(([intention, group]) => {
      const doubts = group.filter(({ phase }) => phase === 'info');
      const lastDoubtAt = Math.max(...doubts.map(({ startedAt }) => startedAt));
      const isResolved = group.some(
        (operation) =>
          (operation.phase === 'ok' || isFinal(operation)) &&
          (operation.endedAt ?? operation.startedAt) >= lastDoubtAt,
      );
      if (doubts.length === 0 || isResolved) return [];
      const { status, code, error } = doubts.at(-1) ?? {};
      return [
        wrong(intention, `nobody knows its outcome: ${status ?? error ?? 'no end'} ${code ?? ''}`),
      ];
    });
  },
};

/** What the caller wanted, however often it was asked. */
function intentionOf({ idempotencyKey, request: { method, path, body } }: Operation): string {
  return `${method} ${path} ${canonicalJson(body)} ${idempotencyKey ?? ''}`.trim();
}
