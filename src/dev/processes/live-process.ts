/**
 * Looks at processes by id. A process is only ever taken for the one that was noted down when its
 * command line is still the same, because the system gives ids away again.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as it was when it was noted down. */
export type NotedProcess = { pid: number; command: string };

/** Often enough that a stop feels immediate, rarely enough to cost nothing. */
const POLL_MS = 50;

/** The full command line of a process, or nothing when there is none or it is a zombie. */
export function commandOf(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-ww', '-p', String(pid), '-o', 'stat=,command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...command] = line.split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : command.join(' ');
  } catch {
    return undefined;
  }
}

/** Notes a running process down. */
export function note(pid: number): NotedProcess {
  return { pid, command: commandOf(pid) ?? '' };
}

/** Whether the noted process still runs, and is not another one with its id. */
export function isStillRunning({ pid, command }: NotedProcess): boolean {
  return command !== '' && isAlive(pid) && commandOf(pid) === command;
}

/** Cheaper than asking `ps`, and asked often. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Asks the noted process to end, and kills it when it has not after `graceMs`. */
export async function endProcess(noted: NotedProcess, graceMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isStillRunning(noted)) return;
    send(noted.pid, signal);
    const deadline = Date.now() + graceMs;
    while (isStillRunning(noted) && Date.now() < deadline) await sleep(POLL_MS);
  }
}

/** What its supervisor left ends by itself, too, perhaps between the look at it and this. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
