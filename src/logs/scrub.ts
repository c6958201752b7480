/**
 * The second net under the list of fields: takes out of a finished line whatever looks like a secret or
 * a person. It must leave a line of JSON a line of JSON.
 */
import { maskCardNumbers } from './card-numbers.ts';

const REDACTED = '[redacted]';

/**
 * Keys of gateways, of webhooks and of our own; a token after its scheme, but not the placeholder of one in a
 * text of ours; Stripe's client secrets.
 */
const SECRETS =
  /\b(?:(?:whsec|sk|rk|rzp|pp_live|pp_test|payonce_client|payonce_ops)_[\w+/=-]{4,}|pi_\w+_secret_\w+|Bearer (?!<API key>)[^\s"\\]+)/gi;
const PASSWORD_IN_URL = /(?<=:\/\/)[^\s"\\/@]+(?=@)/g;
/** Both parts as long as they may be: without an end, a long text of a stranger's would take minutes. */
const EMAIL = /[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/gi;

/** What JSON writes for a character: no part of the text beside it, or `\n` before a key would hide the key. */
const ESCAPE = /(\\(?:u[\da-f]{4}|.))/i;

/** Shorter values are words of a test or of a placeholder, and would be found within other words. */
const MIN_SECRET_LENGTH = 16;

/**
 * Made once for all lines that a process writes.
 *
 * @param secrets values to take out wherever they stand, whatever they look like; more may be added while it runs
 */
export function createScrub(secrets: readonly string[]): (text: string) => string {
  let written: string[] = [];
  let known = 0;
  return (text) => {
    if (secrets.length !== known) {
      known = secrets.length;
      written = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH).map(inJson);
    }
    return written
      .reduce((left, secret) => left.replaceAll(secret, REDACTED), text)
      .split(ESCAPE)
      .map((part, index) => (index % 2 === 0 ? scrubPlain(part) : part))
      .join('');
  };
}

/** Takes out what looks like a secret or a person. */
export const scrub = createScrub([]);

/** As JSON writes it within a text. */
function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

function scrubPlain(text: string): string {
  return maskCardNumbers(
    text.replace(PASSWORD_IN_URL, REDACTED).replace(SECRETS, REDACTED).replace(EMAIL, REDACTED),
  );
}
