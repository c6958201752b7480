/**
 * A process of a peer, run as Payonce's own are: by tsx, with a log file, ready when it says so. It
 * must never outlive its side.
 */
import { fileURLToPath } from 'node:url';
import { type ChildSpec, end, launch, untilReady } from '../../src/dev/child-process.ts';

export interface PeerProcess {
  pid: number;
  stop(): Promise<void>;
}

/** What is in flight on these servers takes milliseconds, or will not end at all. */
const STOP_GRACE_MS = 5_000;

export interface Program {
  name: string;
  log: string;
  /** Ready by message, unless told how else. */
  ready?: ChildSpec['ready'];
}

/** @param script beside the caller, as `import.meta.resolve` gives it */
export function startScript(
  script: string,
  env: Record<string, string>,
  program: Program,
): Promise<PeerProcess> {
  const command = [process.execPath, '--import', 'tsx', fileURLToPath(script)];
  return startProgram(command, { NODE_ENV: 'production', ...env }, program);
}

/** @throws SetupError with the end of its log when it dies before it is ready */
export async function startProgram(
  command: readonly string[],
  env: Record<string, string>,
  { name, log, ready = 'message' }: Program,
): Promise<PeerProcess> {
  const { PATH, HOME } = process.env;
  const inherited = { ...(PATH && { PATH }), ...(HOME && { HOME }) };
  const spec = { name, command, env: { ...inherited, ...env }, log, ready };
  const launched = launch({ ...spec, stopGraceMs: STOP_GRACE_MS });
  const stop = () => end(launched, STOP_GRACE_MS);
  try {
    await untilReady({ ...spec, stopGraceMs: STOP_GRACE_MS }, launched);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: launched.process.pid ?? 0, stop };
}
