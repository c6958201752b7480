/**
 * `npm run schemathesis`: Schemathesis, which knows nothing of Payonce but its OpenAPI document, against a
 * stack of its own. Exits with 1 when an answer is not what the document says.
 *
 * Needs Python 3.10 or newer; Schemathesis is installed into the cache once.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startStack } from '../src/dev/stack/stack.ts';
import { cacheFolder } from '../src/dev/temporal/temporal-cli-cache.ts';

const CONFIG = fileURLToPath(new URL('../tools/schemathesis.toml', import.meta.url));
const VERSION = '4.32.5';
/** Rate limits answer what they should; here they would only hide what lies behind. */
const UNLIMITED = {
  CLIENT_REQUESTS_PER_SECOND: '0',
  OPS_REQUESTS_PER_SECOND: '0',
  FAILED_AUTH_PER_MINUTE: '0',
};
/** An answer that is awaited takes up to five seconds; the rest is for a busy machine. */
const REQUEST_TIMEOUT_S = 30;

async function installed(): Promise<string> {
  const folder = path.join(cacheFolder(process.env), 'schemathesis', VERSION);
  const program = path.join(folder, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  console.log(`installing Schemathesis ${VERSION} into ${folder} …`);
  await execa(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
  await execa(path.join(folder, 'bin', 'pip'), ['install', '-q', `schemathesis==${VERSION}`]);
  return program;
}

const schemathesis = await installed();
const dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-schemathesis-'));
const stack = await startStack({
  env: { ...process.env, ...UNLIMITED },
  dataDir,
  ports: { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 },
  onProgress: (line) => console.log(line),
});
try {
  const { exitCode } = await execa(
    schemathesis,
    [
      ...['--config-file', CONFIG, 'run', `${stack.apiUrl}/openapi.json`],
      ...['--header', `Authorization: Bearer ${stack.keys.ops}`],
      ...['--request-timeout', String(REQUEST_TIMEOUT_S), '--continue-on-failure'],
      // A stream of changes does not end.
      ...['--exclude-path', '/v1/changes'],
      ...process.argv.slice(2),
    ],
    { cwd: dataDir, stdio: 'inherit', reject: false },
  );
  process.exitCode = exitCode ?? 1;
} finally {
  await stack.stop('kill');
  await rm(dataDir, { recursive: true, force: true });
}
process.exit();
