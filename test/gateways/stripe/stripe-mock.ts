/**
 * Stripe's own stripe-mock: stateless, and strict about what may be asked. It is built once per machine
 * from the pinned Go module and listens on loopback only.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import which from 'which';
import { withLock } from '../../../src/dev/processes/lock-file.ts';

const MODULE_FOLDER = fileURLToPath(new URL('../../../tools/stripe-mock', import.meta.url));
const COMMAND = 'github.com/stripe/stripe-mock';
/** As in the module's go.mod; a newer one is built beside it. */
const VERSION = '0.203.0';
/** Seconds where the modules are at hand; a slow line needs minutes. */
const BUILD_TIMEOUT_MS = 5 * 60_000;
const START_TIMEOUT_MS = 20_000;

export interface StripeMock {
  url: string;
  stop(): Promise<void>;
}

/** @throws Error with the reason why it cannot be built here. */
export async function startStripeMock(): Promise<StripeMock> {
  const binary = await builtBinary();
  const [http, https] = [
    await getPort({ host: '127.0.0.1' }),
    await getPort({ host: '127.0.0.1' }),
  ];
  const addresses = ['-http-addr', `127.0.0.1:${http}`, '-https-addr', `127.0.0.1:${https}`];
  const running = execa(binary, addresses, { reject: false, stdio: 'ignore' });
  const url = `http://127.0.0.1:${http}`;
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await pWaitFor(isUp, { interval: 100, timeout: START_TIMEOUT_MS });
  return {
    url,
    async stop() {
      running.kill('SIGTERM');
      await running;
    },
  };
}

async function builtBinary(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const target = path.join(cache, 'payonce', 'stripe-mock', VERSION, 'stripe-mock');
  if (existsSync(target)) return target;
  const go = await which('go', { nothrow: true });
  if (go === null) throw new Error('go is not on PATH');
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(
    `${target}.lock`,
    () => build(go, target),
    () => {},
  );
  return target;
}

async function build(go: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  const draft = `${target}.${process.pid}`;
  await execa(
    go,
    ['build', '-trimpath', '-mod=readonly', '-buildvcs=false', '-o', draft, COMMAND],
    {
      cwd: MODULE_FOLDER,
      timeout: BUILD_TIMEOUT_MS,
    },
  );
  await rename(draft, target);
}
