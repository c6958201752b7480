/** Which version of a package is measured: the one that is installed, not the one that was asked for. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The bench's own packages, then the project's. */
const FOLDERS = ['.', '..'].map((folder) => path.join(import.meta.dirname, folder, 'node_modules'));

/** @throws Error saying how to install it when it is not there */
export function installedVersion(name: string): string {
  const files = FOLDERS.map((folder) => path.join(folder, name, 'package.json'));
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw new Error(`${name} is not installed: run npm ci --prefix bench, and npm ci`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
