/**
 * A free port for something that will listen a moment later. It lies below those that systems hand out to
 * outgoing connections, or a busy machine would take it away in between.
 */
import getPort from 'get-port';

/**
 * Above what well-known servers use. Linux hands out 32768 and more, others 49152 and more; and Temporal on
 * PostgreSQL keeps its members' ports in two signed bytes.
 */
const FIRST = 10_000;
const LAST = 32_767;
/** Taken at random, so that two processes which look at once rarely find the same. */
const CANDIDATES = 50;

/** @returns a port on which nothing listens at `host` now */
export function anyPort(host: string): Promise<number> {
  const port = Array.from(
    { length: CANDIDATES },
    () => FIRST + Math.floor(Math.random() * (LAST - FIRST + 1)),
  );
  return getPort({ host, port });
}
