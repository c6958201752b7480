/** Says bytes to a server over a socket of their own, and hears whatever comes back. */
import { connect } from 'node:net';
import type { Ending } from './hostile-request.ts';

/** Longer than the server waits for a slow request, so that its own answer is heard. */
const PATIENCE_MS = 20_000;
/** After this much silence somebody who lingers says that nothing more will come. */
const LINGER_MS = 300;

export interface Heard {
  bytes: Buffer;
  /** `silence` when the server neither answered to the end nor hung up. */
  end: 'closed' | 'reset' | 'silence';
}

export function converse(url: string, said: Buffer, ending: Ending): Promise<Heard> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let end: Heard['end'] = 'closed';
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    lingering.refresh();
  });
  socket.on('end', () => socket.end());
  socket.on('error', () => {
    end = 'reset';
  });
  const giveUp = setTimeout(() => {
    end = 'silence';
    socket.destroy();
  }, PATIENCE_MS);
  const lingering = setTimeout(() => ending === 'linger' && socket.end(), LINGER_MS);
  socket.write(said, () => {
    if (ending !== 'leave') return;
    if (said.length % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
  });
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearTimeout(giveUp);
      clearTimeout(lingering);
      resolve({ bytes: Buffer.concat(chunks), end });
    });
  });
}
