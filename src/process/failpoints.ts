/**
 * Places where a test may kill this process at once: between an effect and its acknowledgement.
 * They do nothing unless NODE_ENV is test, whatever else the environment says.
 */
import { writeSync } from 'node:fs';

/** Every one of them stands in the code once, at the moment that its name describes. */
export const FAILPOINTS = [
  'order.afterInsert',
  'order.afterStart',
  'webhook.afterVerify',
  'webhook.afterSignalBeforeSeen',
  'webhook.afterSeenBeforeReply',
  'orphan.afterSignalBeforeMark',
  'command.afterSignalBeforeAnswer',
  'idempotency.afterAnswerBeforeStore',
  'idempotency.afterStoreBeforeReply',
  'gateway.create.beforeCall',
  'gateway.create.afterCallBeforeReturn',
  'gateway.capture.afterCallBeforeReturn',
  'gateway.void.afterCallBeforeReturn',
  'gateway.refund.afterCallBeforeReturn',
  'effect.afterWorkBeforeReturn',
  'grant.afterCommitBeforeReturn',
  'revoke.afterCommitBeforeReturn',
  'invoice.afterCommitBeforeReturn',
  'creditNote.afterCommitBeforeReturn',
  'ledger.afterCommitBeforeReturn',
  'message.afterKeepBeforeCall',
  'message.afterCallBeforeMark',
  'crm.afterMarkBeforeReturn',
  'record.afterWriteBeforeReturn',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

const STDERR = 2;

const ARMED = process.env.NODE_ENV === 'test' ? (process.env.FAILPOINT ?? '') : '';

/** Ends the process here when this place is armed and its hit has come. */
export const failpoint: (name: FailpointName) => void =
  process.env.NODE_ENV === 'test' ? armed(ARMED) : () => {};

/** Is a place armed whose name begins so? What would pass it by has to go another way then. */
export function isArmedAt(beginnings: readonly string[]): boolean {
  return ARMED.split(',').some((name) =>
    beginnings.some((beginning) => name.startsWith(beginning)),
  );
}

/** @param text `name:n`, several separated by commas: the n-th time that a place is reached counts */
function armed(text: string): typeof failpoint {
  const hitsLeft = new Map(text.split(',').filter(Boolean).map(readFailpoint));
  return (name) => {
    const left = hitsLeft.get(name);
    if (left === undefined) return;
    hitsLeft.set(name, left - 1);
    if (left > 1) return;
    // Written at once: nothing that is buffered would survive.
    writeSync(STDERR, `failpoint ${name}: killed\n`);
    process.kill(process.pid, 'SIGKILL');
  };
}

function readFailpoint(text: string): [FailpointName, number] {
  const [given, hit = ''] = text.split(':');
  const name = FAILPOINTS.find((known) => known === given);
  if (name === undefined)
    throw new Error(`FAILPOINT: "${given}" is none of ${FAILPOINTS.join(', ')}`);
  if (!/^[1-9]\d{0,5}$/.test(hit))
    throw new Error(`FAILPOINT: "${text}" must end with the hit that counts, as in ${name}:1`);
  return [name, Number(hit)];
}
