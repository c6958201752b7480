/**
 * `restate-server` as a process of its own, with its defaults but for the number of partitions: one
 * node, everything on disk, the log written with fsync before anything is answered.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyPort } from '../../../src/process/any-port.ts';
import { startProcess } from '../../side-process.ts';

export interface RestateServer {
  pid: number;
  ingressUrl: string;
  /** Tells the server where the handlers are; it asks them which there are. */
  register(handlersUrl: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The default of 24 is for clusters: on two cores each partition then writes smaller batches, and the
 * server takes half as much CPU an order again.
 */
const PARTITIONS = 4;

const PROBE_PAUSE_MS = 100;

const freePort = () => anyPort('127.0.0.1');

/** @param dataDir for the log, the state and the metadata */
export async function startRestateServer(dataDir: string): Promise<RestateServer> {
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
  const adminUrl = `http://127.0.0.1:${admin}`;
  const { pid, stop } = await startProcess({
    name: 'restate',
    command: [binary(), '--base-dir', path.join(dataDir, 'restate'), '--no-logo'],
    env: {
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(node),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      // Its own sockets would lie below the data folder, whose path may be too long for one.
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_DEFAULT_NUM_PARTITIONS: String(PARTITIONS),
    },
    dataDir,
    ready: (signal) => untilHealthy(adminUrl, signal),
  });
  return {
    pid,
    ingressUrl: `http://127.0.0.1:${ingress}`,
    register: (handlersUrl) => register(adminUrl, handlersUrl),
    stop,
  };
}

/** The program itself and not the script that wraps it, so that its process is what is measured. */
function binary(): string {
  const require = createRequire(import.meta.url);
  const folder = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  return require.resolve(`${folder}/bin/restate-server`);
}

async function untilHealthy(adminUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await fetch(`${adminUrl}/health`, { signal }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(PROBE_PAUSE_MS, undefined, { signal });
  }
}

async function register(adminUrl: string, handlersUrl: string): Promise<void> {
  const answer = await fetch(`${adminUrl}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: handlersUrl }),
  });
  if (!answer.ok) throw new Error(`Restate refuses the handlers: ${await answer.text()}`);
}
