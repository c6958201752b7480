/** Whether every key of `API_KEYS` will still be taken in two weeks. */
import { type ApiKey, hasEnded } from '../config/config.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Two weeks' notice: a key lies with callers who release at their own pace. */
const NOTICE_MS = 14 * 24 * 3_600_000;

const { warning, problem } = findingsOf('settings');

/**
 * One finding for each key that has ended or soon will; none where all is well.
 *
 * @param now milliseconds since 1970
 */
export function examineApiKeys(keys: readonly ApiKey[], now: number = Date.now()): Finding[] {
  const findings = keys.flatMap((key, index) => endingOf(key, index + 1, now));
  const haveAllEnded = keys.length > 0 && keys.every((key) => hasEnded(key, now));
  if (!haveAllEnded) return findings;
  return [problem('every key of API_KEYS has ended, so nobody is let in: add one'), ...findings];
}

function endingOf(key: ApiKey, entry: number, now: number): Finding[] {
  const { end, name } = key;
  if (end === undefined || now < end.at - NOTICE_MS) return [];
  const which = `entry ${entry} of API_KEYS${name === undefined ? '' : `, ${name},`}`;
  const at = new Date(end.at).toISOString();
  const did = end.isRevoked ? 'was revoked' : 'expired';
  if (hasEnded(key, now))
    return [
      warning(
        `${which} ${did} at ${at}, and who sends it is told so: remove it once no log line has security_event auth_failed with its key_id`,
      ),
    ];
  return [
    warning(
      `${which} ends at ${at}: add its successor beside it, and move its callers before that`,
    ),
  ];
}
