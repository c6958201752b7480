import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

const SRC = path.resolve('src');
const OLD =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })";

/** Everything that a person starts: the files at the root of src, and each folder's main.ts. */
const PROGRAMS = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && (!file.includes(path.sep) || /^\w[\w-]*.main\.ts$/.test(file)),
);

describe('a Node.js that is too old', function () {
  this.timeout(60_000);

  for (const program of PROGRAMS)
    it(`is named in one line by ${program}`, async () => {
      const preload = ['--import', `data:text/javascript,${encodeURIComponent(OLD)}`];
      const args = [...preload, '--import', 'tsx', path.join(SRC, program)];
      const { exitCode, stderr, stdout } = await execa(process.execPath, args, { reject: false });
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.match(
        stderr,
        /^Payonce needs Node\.js 20\.19 or newer, and this is 18\.20\.8: [^\n]+$/,
      );
    });

  it('is older than what package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      engines: { node: string };
    };
    assert.equal(engines.node, '>=20.19');
  });
});
