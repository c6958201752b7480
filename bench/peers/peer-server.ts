/**
 * The life of a peer's process: it reads its settings, says when it is ready and ends on SIGTERM. What
 * is in flight then is lost on purpose; durability is the peer's to keep.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** @throws Error that names the setting, when the side has not given it */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; the side that starts this sets it`);
  return value;
}

/** Listens on loopback at `PORT`. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(setting('PORT')), '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

export function reportReady(): void {
  process.once('SIGTERM', () => process.exit(0));
  // Without the bench nobody would ever stop this process.
  process.once('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}
