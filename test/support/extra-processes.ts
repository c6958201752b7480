/** Processes beside a stack's own, with settings of their own and a port for metrics. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import type { Stack } from '../../src/dev/stack/stack.ts';
import type { Crm } from './crm.ts';
import { builtPrograms } from './programs.ts';
import { EFFECTS_SECRET, sharedStack, WEBHOOK_SECRET } from './stack.ts';

export interface Beside {
  /** The API's own address; nothing listens there for a worker. */
  apiUrl: string;
  metricsUrl: string;
  /** Its log so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * On the stack that tests share unless another one is named, and ready once its metrics answer. It listens on `PORT`
 * where that is given, such as after a stop.
 */
export async function startBeside(
  entry: 'server' | 'worker',
  env: Record<string, string> = {},
  place?: Stack & { crm: Crm },
): Promise<Beside> {
  const stack = place ?? (await sharedStack());
  const [freePort, metricsPort] = [await getPort(), await getPort()];
  const port = env.PORT ?? String(freePort);
  const { PATH = '' } = process.env;
  const { worker, api } = await builtPrograms();
  const args =
    entry === 'worker' ? ['--import', './src/temporal/workflow-thread.mjs', worker] : [api];
  const child = execa(process.execPath, args, {
    env: {
      PATH,
      PORT: port,
      METRICS_PORT: String(metricsPort),
      DATABASE_URL: stack.databaseUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      TEMPORAL_NAMESPACE: stack.temporalNamespace,
      API_KEYS: `ops:${stack.keys.ops}`,
      SANDBOX_PORT: new URL(stack.sandboxUrl).port,
      SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      CRM_URL: stack.crm.url,
      EFFECTS_SECRET,
      DATA_DIR: path.join(stack.dataDir, `beside-${randomUUID()}`),
      ...env,
    },
    extendEnv: false,
    reject: false,
  });
  const lines: string[] = [];
  child.stdout.on('data', (bytes: Buffer) => lines.push(bytes.toString()));
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const isUp = (url: string) => fetch(url).then(Boolean, () => false);
  await pWaitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`${entry} ended: ${(await child).stderr}`);
      return isUp(entry === 'server' ? `http://127.0.0.1:${port}/healthz` : metricsUrl);
    },
    { interval: 100 },
  );
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    metricsUrl,
    log: () => lines.join(''),
    stop: async () => {
      child.kill('SIGTERM');
      await child;
    },
  };
}
