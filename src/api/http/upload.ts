/** A file in the body of a request, passed on as it comes. It may take long, and may not stand still. */

import { type Readable, Transform } from 'node:stream';
import { MIMEType } from 'node:util';
import type { Request } from 'express';
import { Problem } from '../problems/problem.ts';
import { allowLongUpload } from './http-server.ts';

/** A year of a very busy account; what is larger is not a report. */
const MAX_BYTES = 2 * 1024 ** 3;
/** The longest time between two pieces, and that in which the rest of a refused file is thrown away. */
const IDLE_MS = 30_000;

export interface Upload {
  body: Readable;
  /** What was wrong with the transfer itself, which is the cause of whatever the reader saw. */
  problem(): Problem | null;
  /** Reads what is left and throws it away, within a limit of time. */
  discard(): Promise<void>;
}

/** @throws Problem `content_type_unsupported` or `content_encoding_unsupported` */
export function openUpload(request: Request, contentTypes: readonly string[]): Upload {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Problem('content_encoding_unsupported');
  if (!contentTypes.includes(essenceOf(request)))
    throw new Problem('content_type_unsupported', {
      detail: `Send Content-Type: ${contentTypes.join(' or ')}.`,
    });
  allowLongUpload(request);
  let problem: Problem | null = null;
  let bytes = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      idle.refresh();
      if (bytes <= MAX_BYTES) return done(null, chunk);
      fail(new Problem('body_too_large', { detail: 'Send at most 2 GiB in one file.' }));
      done();
    },
  });
  const fail = (found: Problem): void => {
    problem ??= found;
    body.destroy(found);
  };
  const idle = setTimeout(() => {
    // The database may be the one that is slow: then bytes wait here, and the sender is not to blame.
    if (body.writableNeedDrain) idle.refresh();
    else fail(new Problem('request_timeout', { detail: 'Nothing has come for 30 seconds.' }));
  }, IDLE_MS);
  const stop = (): void => clearTimeout(idle);
  body.once('close', stop).once('end', stop);
  request.once('aborted', () => fail(new Problem('body_incomplete')));
  request.once('error', () => fail(new Problem('body_incomplete')));
  // Its errors reach whoever reads it; this keeps one that comes before that from ending the process.
  body.on('error', () => {});
  request.pipe(body);
  // What does not come, or never ends, is not waited for.
  const rest = (): Promise<void> => (problem === null ? discard(request) : Promise.resolve());
  return { body, problem: () => problem, discard: rest };
}

function essenceOf({ headers }: Request): string {
  try {
    return new MIMEType(headers['content-type'] ?? '').essence;
  } catch {
    return '';
  }
}

function discard(request: Request): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const end = setTimeout(resolve, IDLE_MS);
    const ended = (): void => {
      clearTimeout(end);
      resolve();
    };
    request.once('end', ended).once('close', ended);
    request.unpipe();
    request.resume();
  });
}
