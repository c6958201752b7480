/**
 * Where log lines go. A line that cannot be written never throws and never blocks: on a full disk an order
 * is worth more than its log. sonic-boom, pino's own output, throws at the first line that finds no space,
 * and its `flushSync`, which a fatal line calls, tries for ever.
 */
import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** What is kept while nothing can be written: some thousand lines. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** How bytes are written to a file descriptor; gives how many were. */
export type WriteBytes = (bytes: Buffer) => number;

/**
 * Lines that cannot be written are kept, and written with the next line that can; beyond 1 MiB they are
 * dropped, and a line says how many.
 */
export function createLogOutput(write: WriteBytes): DestinationStream {
  let kept: Buffer = Buffer.alloc(0);
  let dropped = 0;

  const flush = (): boolean => {
    try {
      while (kept.length > 0) kept = kept.subarray(write(kept));
      return true;
    } catch {
      return false;
    }
  };

  return {
    write: (line) => {
      const bytes = Buffer.from(line);
      if (kept.length + bytes.length > MAX_KEPT_BYTES) dropped += 1;
      else kept = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      if (!flush() || dropped === 0) return;
      kept = Buffer.from(`${JSON.stringify(noticeOf(dropped))}\n`);
      dropped = 0;
      flush();
    },
  };
}

function noticeOf(dropped: number): object {
  const time = new Date().toISOString();
  return {
    level: 'warn',
    time,
    pid: process.pid,
    msg: `${dropped} log lines could not be written`,
  };
}

/** One for all loggers of a process, so that a line half written is finished before the next. */
export const STDOUT: DestinationStream = createLogOutput((bytes) => writeSync(1, bytes));
