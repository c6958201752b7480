import assert from 'node:assert/strict';
import path from 'node:path';
import { execa } from 'execa';

const PROCESS_LIFE = path.resolve('src/process/process-life.ts');

/** A process of ours that runs this. */
function run(body: string) {
  const script = `import { runProcess } from ${JSON.stringify(PROCESS_LIFE)};
    await runProcess('stand-in', async () => { ${body} });`;
  return execa(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    reject: false,
  });
}

describe('a process whose error nobody caught', () => {
  for (const [how, body] of [
    ['thrown', `setTimeout(() => { throw new Error('card 4242424242424242'); });`],
    ['rejected', `void Promise.reject(new Error('card 4242424242424242'));`],
  ] as const)
    it(`ends with exit code 1 and one line that tells no message: ${how}`, async () => {
      const { exitCode, stdout, stderr } = await run(`${body} await new Promise(() => {
        setInterval(() => {}, 1000);
      });`);
      assert.equal(exitCode, 1);
      const { level, name, fault, msg } = JSON.parse(stdout);
      assert.deepEqual(
        { level, name, fault, msg },
        {
          level: 'fatal',
          name: 'stand-in',
          fault: 'Error',
          msg: 'ended by an error nobody caught',
        },
      );
      assert.doesNotMatch(stdout + stderr, /4242/);
    });
});

describe('a process that cannot start', () => {
  it('says why, without secrets', async () => {
    const { exitCode, stderr } = await run(`throw new Error('no postgres://u:pw@db/x');`);
    assert.equal(exitCode, 1);
    assert.equal(stderr, 'stand-in: no postgres://[redacted]@db/x');
  });
});
