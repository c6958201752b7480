/** The cables between the processes of a run, held by a process of their own. */
import { fork } from 'node:child_process';
import { on } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LinkState } from './tcp-proxy.ts';

export interface Cables<Name extends string> {
  /** Where the near end of each is reached, on loopback. */
  ports: Readonly<Record<Name, number>>;
  turn(name: Name, state: LinkState): void;
  close(): void;
}

/** @param targets the ports on loopback that the cables lead to */
export async function openCables<Name extends string>(
  targets: Readonly<Record<Name, number>>,
): Promise<Cables<Name>> {
  const script = fileURLToPath(new URL('cable-process.ts', import.meta.url));
  const child = fork(script, { execArgv: ['--import', 'tsx'], detached: true });
  if (child.pid !== undefined) prefer(child.pid);
  const ports = new Map<string, number>();
  const names = Object.keys(targets) as Name[];
  for (const name of names) child.send({ do: 'open', name, target: targets[name] });
  for await (const [{ name, port }] of on(child, 'message')) {
    ports.set(String(name), Number(port));
    if (ports.size === names.length) break;
  }
  return {
    ports: Object.fromEntries(ports) as Record<Name, number>,
    turn: (name, state) => void child.send({ do: 'turn', name, state }),
    close: () => child.disconnect(),
  };
}

/** A cable must not be slow because the machine is busy; where the user may not say so, it may be. */
function prefer(pid: number): void {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_HIGH);
  } catch {
    // Only accuracy hangs on it.
  }
}
