/** `npm run notice`: writes NOTICE.md, what Payonce ships of others and their licences. A test compares the two. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledAlone, productionPackages, type ShippedPackage } from './shipped-packages.ts';

const ROOT = path.join(import.meta.dirname, '..');
export const NOTICE_FILE = path.join(ROOT, 'NOTICE.md');

/** @throws Error with what the bundler found */
export async function notice(): Promise<string> {
  return [
    '# Notice',
    '',
    'Payonce is licensed under the [MIT licence](LICENSE). What production installs beside it, written by `npm run notice`:',
    '',
    ...tableOf(productionPackages()),
    '',
    'What is in no folder of production, but whose code is in the bundles of the console, the command line and the client. Each bundle has their texts beside it, in `LICENCES.txt`:',
    '',
    ...tableOf(await bundledAlone()),
    '',
  ].join('\n');
}

function tableOf(packages: readonly ShippedPackage[]): string[] {
  const rows = packages.map(
    ({ name, version, license }) => `| ${name} | ${version} | ${license ?? 'not stated'} |`,
  );
  return ['| package | version | licence |', '| --- | --- | --- |', ...rows];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(NOTICE_FILE, await notice());
