/** The gateway beside a side: Payonce's sandbox, with a store of its own. It sends nothing by itself. */
import path from 'node:path';
import { anyPort } from '../src/process/any-port.ts';
import type { SideOptions } from './side.ts';
import { nodeCommand, type SideProcess, startProcess } from './side-process.ts';

const SCRIPT = path.join(import.meta.dirname, '../src/sandbox/main.ts');

export interface Gateway extends SideProcess {
  url: string;
}

export async function startGateway({
  dataDir,
  webhookSecret,
}: Pick<SideOptions, 'dataDir' | 'webhookSecret'>): Promise<Gateway> {
  const port = await anyPort('127.0.0.1');
  const process = await startProcess({
    name: 'gateway',
    command: nodeCommand(SCRIPT),
    dataDir,
    env: {
      SANDBOX_PORT: String(port),
      SANDBOX_WEBHOOK_SECRETS: webhookSecret,
      DATA_DIR: dataDir,
    },
  });
  return { ...process, url: `http://127.0.0.1:${port}` };
}
