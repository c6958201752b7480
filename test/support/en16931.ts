/** The rules of EN 16931 as CEN publishes them, run by phive: fetched once per machine by Maven, from pinned artifacts. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import which from 'which';
import { cacheFolder } from '../../src/dev/temporal/temporal-cli-cache.ts';

const TOOL = path.resolve('tools/en16931');

/** Whether this machine has what the rules run on: a Java of at least 17, and Maven. */
export async function hasJava(): Promise<boolean> {
  const programs = await Promise.all(['java', 'mvn'].map((name) => which(name, { nothrow: true })));
  return programs.every((program) => program !== null);
}

/**
 * What is wrong with electronic invoices in UBL, a line each; none where they are valid.
 *
 * @param documents by a name that the lines begin with
 */
export async function brokenRules(documents: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payonce-e-invoices-'));
  try {
    const files = await Promise.all(
      Object.entries(documents).map(async ([name, xml]) => {
        const file = path.join(folder, `${name}.xml`);
        await writeFile(file, xml);
        return file;
      }),
    );
    const classes = path.join(await libraries(), '*');
    const program = path.join(TOOL, 'Validate.java');
    const { stdout } = await execa('java', ['-cp', classes, program, ...files]);
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function libraries(): Promise<string> {
  const project = path.join(TOOL, 'pom.xml');
  const version = createHash('sha256')
    .update(await readFile(project))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheFolder(process.env), 'en16931', version);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`];
  await execa('mvn', ['-q', '-B', '-f', project, ...goal]);
  await rename(partial, folder);
  return folder;
}
