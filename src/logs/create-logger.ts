/**
 * The one way to log: JSON lines of listed fields, scrubbed once more before they are written. No other
 * code may make a logger.
 */
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino';
import { listedFields } from './log-fields.ts';
import { STDOUT } from './log-output.ts';
import { createScrub } from './scrub.ts';

export interface LoggerSettings {
  /** Which kind of process it is. */
  name: string;
  level: string;
  /** Values that no line may hold, in addition to what looks like a secret; more may be added while it logs. */
  secrets?: readonly string[];
  /** Standard output where none is given. */
  destination?: DestinationStream;
}

export function createLogger(settings: LoggerSettings): Logger {
  const { name, level, secrets = [], destination = STDOUT } = settings;
  const options: LoggerOptions = {
    level,
    base: { name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: listedFields,
    },
    hooks: { logMethod: keepTwoArguments, streamWrite: createScrub(secrets) },
  };
  return listingBindings(pino(options, destination));
}

type MakeChild = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;

/** pino gives up a logger's formatter of bindings in its children; they inherit this in its place. */
function listingBindings(logger: Logger): Logger {
  const child: MakeChild = logger.child;
  const listing: MakeChild = function listing(bindings, options) {
    return child.call(this, listedFields(bindings), options);
  };
  return Object.assign(logger, { child: listing });
}

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

/**
 * Fields and one sentence. Left without a sentence, pino would take the error's own message for it; given
 * more, it would put values into the sentence.
 */
const keepTwoArguments: LogMethod = function keepTwoArguments(args: unknown[], method) {
  const [first, second] = args;
  if (typeof first === 'string') return method.call(this, {}, first);
  const fields = first instanceof Error ? { err: first } : Object(first);
  return method.call(this, fields, typeof second === 'string' ? second : 'failed');
};
