/** Root runs PostgreSQL as another user, who may have no way into the checkout: /root is closed on most systems. */
import assert from 'node:assert/strict';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { userInsteadOfRoot, wayIn } from '../../src/dev/postgres/postgres-binaries.ts';

describe('a program in a folder that only root may enter', () => {
  let folder: string;
  let program: string;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-closed-'));
    program = path.join(folder, 'program');
    await copyFile(process.execPath, program);
    await chmod(program, 0o755);
    await chmod(folder, 0o700);
  });

  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it('runs as the user instead of root, and finds itself as initdb looks for its siblings', async () => {
    const owner = await userInsteadOfRoot();
    const prefix = await wayIn(owner, [program]);
    const look = `fs.accessSync(${JSON.stringify(program)}, fs.constants.X_OK); console.log(process.getuid())`;
    const { stdout } = await execa('setpriv', [...prefix.slice(1), program, '-e', look]);
    assert.equal(prefix[0], 'setpriv');
    assert.equal(stdout, String(owner.uid));
  });

  it('has no other right than the one that opens the folder', async () => {
    const prefix = await wayIn(await userInsteadOfRoot(), [program]);
    const { stdout } = await execa('setpriv', [
      ...prefix.slice(1),
      'grep',
      'CapEff',
      '/proc/self/status',
    ]);
    // The second bit is CAP_DAC_OVERRIDE.
    assert.equal(BigInt(`0x${stdout.split(/\s+/)[1]}`), 2n);
  });
});
