/**
 * The fields that a log line may have. Whatever else is handed to a logger is left out: headers, bodies,
 * a gateway's answers, and whatever somebody adds in a hurry.
 */
import { faultOf } from './fault.ts';

const FIELDS = {
  name: 'text',
  pid: 'number',
  component: 'text',
  request_id: 'text',
  method: 'text',
  /** A template such as `/v1/orders/:id`, never a path. */
  route: 'text',
  status: 'number',
  /** A problem's code. */
  code: 'text',
  duration_ms: 'number',
  /** Which API key, by the beginning of its digest, or which person, by that of issuer and subject. */
  key_id: 'text',
  /** A person who is signed in. */
  actor: 'text',
  order_id: 'text',
  /** Temporal's id of an order's run. */
  run_id: 'text',
  gateway: 'text',
  event_id: 'text',
  event_type: 'text',
  reason: 'text',
  activity: 'text',
  attempt: 'number',
  count: 'number',
  security_event: 'text',
  fault: 'text',
  fault_at: 'text',
  fault_detail: 'text',
} as const satisfies Record<string, 'text' | 'number'>;

/** Longer than any id, template or fault of ours. */
const MAX_TEXT_LENGTH = 600;

/** @returns the listed fields, and in place of `err` what may be told of it */
export function listedFields(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { err, ...rest } = given;
  const fields = err === undefined ? rest : { ...rest, ...faultOf(err) };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const kept = Object.hasOwn(FIELDS, name)
        ? keep(FIELDS[name as keyof typeof FIELDS], value)
        : undefined;
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

function keep(kind: 'text' | 'number', value: unknown): string | number | undefined {
  if (kind === 'number') return Number.isSafeInteger(value) ? Number(value) : undefined;
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : undefined;
}
