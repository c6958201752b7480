/**
 * A cable between two processes that can be made slow, silent, half-open or cut. It never changes a byte:
 * what gets through is what was sent.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * `pass` lets everything through, `slow` after a delay. `silent` holds everything back, as a lost route
 * does, and goes on where it stopped. `halfOpen` is silent too, and its connections are dead afterwards.
 * `cut` resets every connection, and each new one at once.
 */
export type LinkState = 'pass' | 'slow' | 'silent' | 'halfOpen' | 'cut';

export interface TcpProxy {
  port: number;
  turn(state: LinkState): void;
  close(): void;
}

/** Each chunk waits this long on a slow link: a bad day on a distant network. */
const SLOW_MS = 150;
const LOOPBACK = '127.0.0.1';

interface Link {
  state: LinkState;
  pairs: Set<readonly [Socket, Socket]>;
  waiting: (() => void)[];
}

/** @param target the port on loopback that the cable leads to */
export async function openTcpProxy(target: number): Promise<TcpProxy> {
  const link: Link = { state: 'pass', pairs: new Set(), waiting: [] };
  const server = createServer((near) => {
    if (link.state === 'cut') return near.resetAndDestroy();
    join(link, near, connect(target, LOOPBACK));
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    turn: (state) => turn(link, state),
    close: () => {
      turn(link, 'cut');
      server.close();
    },
  };
}

function turn(link: Link, state: LinkState): void {
  const isDead = state === 'cut' || link.state === 'halfOpen';
  link.state = state;
  if (isDead) for (const pair of link.pairs) for (const socket of pair) socket.resetAndDestroy();
  if (state === 'silent' || state === 'halfOpen') return;
  for (const go of link.waiting.splice(0)) go();
}

function join(link: Link, near: Socket, far: Socket): void {
  const pair = [near, far] as const;
  link.pairs.add(pair);
  for (const socket of pair) socket.setNoDelay(true);
  const end = () => {
    link.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  };
  Promise.all([pipeline(near, gate(link), far), pipeline(far, gate(link), near)]).then(end, end);
}

function gate(link: Link): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => {
      if (link.state === 'pass') return done(null, chunk);
      void passage(link).then(() => done(null, chunk));
    },
    flush: (done) => void passage(link).then(() => done()),
  });
}

async function passage(link: Link): Promise<void> {
  if (link.state === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  while (link.state === 'silent' || link.state === 'halfOpen')
    await new Promise<void>((resolve) => link.waiting.push(resolve));
}
