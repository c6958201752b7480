/** Keys: all answers to one Idempotency-Key are one answer, or say that it is not there yet. */
import { canonicalJson } from '../../src/api/http/canonical-json.ts';
import type { ProblemCode } from '../../src/api/problems/problem-table.ts';
import { groupBy } from '../../test/invariants/evidence.ts';
import type { Operation, Violation } from '../evidence.ts';
import { fieldsOf } from './answer-fields.ts';
import { type Invariant, wrong } from './remains.ts';

/** Said before the key is looked at, or for the moment alone: a repeat may well hear something else. */
const PASSING: readonly ProblemCode[] = [
  'idempotency_in_progress',
  'order_not_found',
  'rate_limited',
  'request_timeout',
];

export const oneAnswer: Invariant = {
  name: 'I12 one key has one answer',
  check: ({ operations }) => {
    const keyed = operations.filter(({ idempotencyKey }) => idempotencyKey !== undefined);
    const groups = groupBy(keyed, ({ idempotencyKey = '', request }) =>
      [idempotencyKey, request.method, request.path, canonicalJson(request.body)].join(' '),
    );
    return [...groups].flatMap(([key, group]) => differences(key, group.filter(isFinal)));
  },
};

/** 202 says that the outcome is not in, so the key is still open. */
export function isFinal({ phase, status, code }: Operation): boolean {
  if (phase === 'ok') return status !== 202;
  return phase === 'fail' && !(PASSING as readonly string[]).includes(code ?? '');
}

/**
 * What was stored is replayed byte for byte. An answer that could not be stored, because the process or
 * its database died, is given anew: it may have moved on since, but never be about something else.
 */
function differences(key: string, answers: readonly Operation[]): Violation[] {
  // An order that was there before is told with the same header, whether it was stored or not.
  const replays = answers.filter(({ replayed, kind }) => replayed === true && kind !== 'create');
  const texts = new Set(replays.map(({ status, body }) => `${status} ${body}`));
  const meanings = new Set(answers.map(meaningOf));
  return [
    ...(texts.size > 1 ? [wrong(key, `was replayed in ${texts.size} ways`)] : []),
    ...(meanings.size > 1 ? [wrong(key, `had the answers ${[...meanings].join(' and ')}`)] : []),
  ];
}

function meaningOf({ kind, phase, code, body }: Operation): string {
  if (phase === 'fail') return `no: ${code}`;
  const { id, attempt, amount, currency } = fieldsOf(body);
  const named = kind === 'refund' ? { id, amount, currency } : { id, attempt, currency };
  return `yes: ${JSON.stringify(named)}`;
}
