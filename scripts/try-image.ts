/**
 * `npm run try-image`: does what the build stage of the Dockerfile says, in an empty folder and on this system, for a
 * machine without a container engine. `test/deploy/release.test.ts` runs what comes of it as the image does.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { bytesOnDisk } from './build-release.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Instruction {
  name: string;
  words: string[];
}

const INSTRUCTION = /^([A-Z]+) (.+)$/gm;

/** Of the first stage, in their order. */
async function buildStage(): Promise<Instruction[]> {
  const text = (await readFile(path.join(ROOT, 'Dockerfile'), 'utf8')).replaceAll('\\\n', ' ');
  const all = [...text.matchAll(INSTRUCTION)].map(([, name = '', rest = '']) => ({
    name,
    words: rest.split(' '),
  }));
  const next = all.findIndex(({ name }, index) => name === 'FROM' && index > 0);
  return all.slice(1, next);
}

/** What git knows of a place: neither what is installed nor what is built. */
async function copy(names: readonly string[], folder: string): Promise<void> {
  const archive = path.join(folder, '.copied.tar');
  const listed = await execa('git', ['ls-files', '-z', '--', ...names], { cwd: ROOT });
  const input = listed.stdout;
  const pack = ['--create', `--file=${archive}`, '--null', '--files-from=-'];
  await execa('tar', pack, { cwd: ROOT, input });
  await execa('tar', ['--extract', `--file=${archive}`], { cwd: folder });
  await rm(archive);
}

const home = await mkdtemp(path.join(tmpdir(), 'payonce-image-'));
const [app, release] = [path.join(home, 'app'), path.join(home, 'release')];
try {
  await mkdir(app);
  for (const { name, words } of await buildStage()) {
    console.log([name, ...words].join(' '));
    if (name === 'COPY') await copy(words.slice(0, -1), app);
    if (name !== 'RUN') continue;
    const command = words.join(' ').replaceAll(' /release', ` ${release}`);
    await execa('sh', ['-c', command], { cwd: app, stdio: 'inherit' });
  }
  console.log(
    `the image holds ${Math.round((await bytesOnDisk(release)) / 1_000_000)} MB of Payonce`,
  );
} finally {
  await rm(home, { recursive: true, force: true });
}
