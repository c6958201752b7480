/** What lies between the processes of a run, held by a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { GatewayCounts } from './gateway-gate.ts';
import type { LinkState } from './tcp-proxy.ts';

export const LINKS = ['temporal', 'database', 'gateway'] as const;
export type LinkName = (typeof LINKS)[number];

export interface Cables {
  /** Where the near end of each is reached, on loopback. */
  ports: Readonly<Record<LinkName, number>>;
  turn(name: LinkName, state: LinkState): void;
  /** From now on the gateway strikes its callers as this seed has it; null ends it. */
  rage(seed: number | null): void;
  /** What the gateway's callers got so far. */
  countGatewayCalls(): Promise<GatewayCounts>;
  close(): void;
}

/**
 * @param targets the ports on loopback that the cables lead to
 * @param sticky ids of orders whose payment the gateway makes and never admits
 */
export async function openCables(
  targets: Readonly<Record<LinkName, number>>,
  sticky: readonly string[],
): Promise<Cables> {
  const script = fileURLToPath(new URL('cable-process.ts', import.meta.url));
  const child = fork(script, { execArgv: ['--import', 'tsx'], detached: true });
  if (child.pid !== undefined) prefer(child.pid);
  const open = async (name: LinkName, target: number): Promise<number> =>
    (await ask<{ port: number }>(child, { do: 'open', name, target })).port;
  const gateway = { do: 'openGate', name: 'gate', target: targets.gateway, sticky };
  const gate = await ask<{ port: number }>(child, gateway);
  const ports = {
    temporal: await open('temporal', targets.temporal),
    database: await open('database', targets.database),
    gateway: await open('gateway', gate.port),
  };
  return {
    ports,
    turn: (name, state) => void child.send({ do: 'turn', name, state }),
    rage: (seed) => void child.send({ do: 'rage', seed }),
    countGatewayCalls: async () =>
      (await ask<{ counts: GatewayCounts }>(child, { do: 'count' })).counts,
    close: () => child.disconnect(),
  };
}

/** Questions are asked one after the other, so the next message is the answer. */
async function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  const answered = once(child, 'message');
  child.send(question);
  const [answer] = await answered;
  return answer;
}

/** A cable must not be slow because the machine is busy; where the user may not say so, it may be. */
function prefer(pid: number): void {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_HIGH);
  } catch {
    // Only accuracy hangs on it.
  }
}
