/** Beancount and hledger as accountants run them: the one installed once from its package, the other of the system. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import which from 'which';
import { cacheFolder } from '../../src/dev/temporal/temporal-cli-cache.ts';

const BEANCOUNT = '3.2.3';

/** The program that reads a file and says what is wrong with it; null where Python cannot install it, which is said. */
export async function beanCheck(): Promise<string | null> {
  const python = process.env.PYTHON ?? 'python3';
  if ((await which(python, { nothrow: true })) === null) return null;
  const folder = path.join(cacheFolder(process.env), 'beancount', BEANCOUNT);
  const program = path.join(folder, 'bin', 'bean-check');
  if (existsSync(program)) return program;
  const installed = await installIn(folder, python);
  if (installed) return program;
  await rm(folder, { recursive: true, force: true });
  return null;
}

/** Null where the system has none: it comes from the system's packages (`apt-get install hledger`). */
export function hledger(): Promise<string | null> {
  return which('hledger', { nothrow: true });
}

/** Some systems have a Python without `venv`, and some machines no way to a package index. */
async function installIn(folder: string, python: string): Promise<boolean> {
  const steps = [
    [python, ['-m', 'venv', folder]],
    [path.join(folder, 'bin', 'pip'), ['install', '-q', `beancount==${BEANCOUNT}`]],
  ] as const;
  for (const [program, options] of steps) {
    const { failed, shortMessage, stderr } = await execa(program, options, { reject: false });
    if (!failed) continue;
    console.error(`beancount cannot be installed: ${shortMessage}\n${stderr}`);
    return false;
  }
  return true;
}
