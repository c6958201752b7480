import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import waitFor from 'p-wait-for';
import { endProcess, isStillRunning, note } from '../../src/dev/processes/live-process.ts';

/** Also what a busy machine has to end a process in that was killed. */
const GRACE_MS = 1_000;
const SYSTEM_PATH = process.env.PATH ?? '';

describe('a process that was noted down', () => {
  let folder: string;
  let parent: ChildProcess;
  let pid: number;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-process-'));
    // The shell waits for its child, so a dead one is gone at once, as under any init.
    parent = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = parent.stdout ? await once(parent.stdout, 'data') : [];
    pid = Number(line);
    await waitFor(() => note(pid).command === 'sleep 600');
  });
  afterEach(() => {
    process.env.PATH = SYSTEM_PATH;
    execFileSync('sh', ['-c', `kill -9 ${pid} 2>/dev/null; true`]);
    parent.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is ended when it is asked to', async () => {
    const noted = note(pid);
    await endProcess(noted, GRACE_MS);
    assert.equal(isStillRunning(noted), false);
  });

  it('is killed when it does not hear', async () => {
    process.kill(pid, 'SIGSTOP');
    const noted = note(pid);
    await endProcess(noted, GRACE_MS);
    assert.equal(isStillRunning(noted), false);
  });

  it('may end by itself at the very moment at which it is looked at', async () => {
    const noted = note(pid);
    const ps = execFileSync('which', ['ps'], { encoding: 'utf8' }).trim();
    const dying = `#!/bin/sh\n${ps} "$@"\nkill -9 ${pid}\nwhile kill -0 ${pid} 2>/dev/null; do :; done\n`;
    writeFileSync(path.join(folder, 'ps'), dying, { mode: 0o755 });
    process.env.PATH = `${folder}${path.delimiter}${SYSTEM_PATH}`;
    await endProcess(noted, GRACE_MS);
  });

  it('is not taken for another one that has its id now', async () => {
    const noted = { ...note(pid), command: 'sleep 900' };
    await endProcess(noted, GRACE_MS);
    assert.equal(isStillRunning(note(pid)), true);
  });
});
