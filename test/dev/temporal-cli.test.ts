import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CLI_STEPS, findTemporalCli } from '../../src/dev/temporal/temporal-cli.ts';
import { cachedCliPath } from '../../src/dev/temporal/temporal-cli-cache.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

const VERSION = '1.8.2';
const WORKING_CLI = '#!/bin/sh\necho "--ui-disable-news-fetch"\n';
const OLD_CLI = '#!/bin/sh\necho "--headless"\n';
/** Does what `go build -o FILE` does, and counts how often; runs without anything on PATH. */
const fakeGo = (count: string) => `#!/bin/sh
echo built >> ${count}
while [ "$1" != -o ]; do shift; done
printf '${WORKING_CLI.replaceAll('\n', '\\n')}' > "$2"
/bin/chmod +x "$2"
`;
const BROKEN_GO =
  '#!/bin/sh\necho "go: downloading" >&2\necho "go.sum: missing entry" >&2\nexit 1\n';

const OFFLINE_STEPS = CLI_STEPS.filter(({ name }) => !name.startsWith('download'));
/** The SDK reaches the network through this, and nothing listens there. */
const NO_NETWORK = { HTTPS_PROXY: 'http://127.0.0.1:9' };

describe('the Temporal CLI', () => {
  let folder: string;
  let lines: string[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-cli-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (file: string, content: string): string => {
    const full = path.join(folder, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, content, { mode: 0o755 });
    return full;
  };
  const lookup = (env: Record<string, string> = {}) => ({
    env: { PATH: path.join(folder, 'bin'), XDG_CACHE_HOME: path.join(folder, 'cache'), ...env },
    version: VERSION,
    onProgress: (line: string) => void lines.push(line),
  });
  const cached = () => cachedCliPath(lookup().env, VERSION);

  it('is the one that TEMPORAL_CLI_PATH names, before any other', async () => {
    const named = put('named', WORKING_CLI);
    put('bin/temporal', WORKING_CLI);
    assert.equal(await findTemporalCli(lookup({ TEMPORAL_CLI_PATH: named })), named);
  });

  it('is the one on PATH, before the cache', async () => {
    const onPath = put('bin/temporal', WORKING_CLI);
    put(path.relative(folder, cached()), WORKING_CLI);
    assert.equal(await findTemporalCli(lookup()), onPath);
  });

  it('is the one in the cache, before any download or build', async () => {
    put(path.relative(folder, cached()), WORKING_CLI);
    put('bin/go', BROKEN_GO);
    assert.equal(await findTemporalCli(lookup()), cached());
    assert.deepEqual(lines, []);
  });

  it('is looked for elsewhere, aloud, when TEMPORAL_CLI_PATH names nothing', async () => {
    const onPath = put('bin/temporal', WORKING_CLI);
    const missing = path.join(folder, 'missing');
    assert.equal(await findTemporalCli(lookup({ TEMPORAL_CLI_PATH: missing })), onPath);
    assert.deepEqual(lines, [
      `TEMPORAL_CLI_PATH: ${missing} is not there or not executable; looking elsewhere`,
    ]);
  });

  it('is not one that is too old for our options', async () => {
    put('bin/temporal', OLD_CLI);
    put(path.relative(folder, cached()), WORKING_CLI);
    assert.equal(await findTemporalCli(lookup()), cached());
  });

  it('is built with Go into the cache when there is none', async () => {
    put('bin/go', fakeGo(path.join(folder, 'count')));
    assert.equal(await findTemporalCli(lookup(), OFFLINE_STEPS), cached());
    assert.deepEqual(lines, [
      `building Temporal CLI ${VERSION} with Go, once per machine, 3–4 minutes on two idle cores …`,
    ]);
    assert.deepEqual(readdirSync(path.dirname(cached())), ['temporal']);
  });

  it('is built once when two ask for it at the same time', async () => {
    const count = path.join(folder, 'count');
    put('bin/go', fakeGo(count));
    const both = [
      findTemporalCli(lookup(), OFFLINE_STEPS),
      findTemporalCli(lookup(), OFFLINE_STEPS),
    ];
    assert.deepEqual(await Promise.all(both), [cached(), cached()]);
    assert.equal(readFileSync(count, 'utf8'), 'built\n');
  });

  it('is built although a killed build left its lock behind', async () => {
    put('bin/go', fakeGo(path.join(folder, 'count')));
    put(`${path.relative(folder, cached())}.lock`, '{"pid":99999999,"command":"node"}');
    assert.equal(await findTemporalCli(lookup(), OFFLINE_STEPS), cached());
  });

  it('is not left half built when the build fails', async () => {
    put('bin/go', BROKEN_GO);
    await assert.rejects(findTemporalCli(lookup(), OFFLINE_STEPS), SetupError);
    assert(!existsSync(cached()));
    assert.deepEqual(readdirSync(path.dirname(cached())), []);
  });

  it('is missing with one line for each step and what to install', async () => {
    put('bin/go', BROKEN_GO);
    put('bin/temporal', OLD_CLI);
    const error = await findTemporalCli(lookup(NO_NETWORK)).catch((reason: unknown) => reason);
    assert(error instanceof SetupError);
    const expected = [
      /^No Temporal CLI 1\.8\.2, which runs the development server:$/,
      /^ {2}- TEMPORAL_CLI_PATH: not set$/,
      /^ {2}- temporal on PATH: .*bin\/temporal is too old: its start-dev has no --ui-disable/,
      /^ {2}- cache: .*1\.8\.2\/temporal is not there or not executable$/,
      /^ {2}- download by the Temporal SDK: .+/,
      /^ {2}- build with Go: go\.sum: missing entry$/,
      /^Install it .*TEMPORAL_CLI_PATH.* or install Go 1\.26 or newer/,
    ];
    const got = error.message.split('\n');
    assert.equal(got.length, expected.length, error.message);
    for (const [index, pattern] of expected.entries()) assert.match(got[index] ?? '', pattern);
  });

  it('is no longer looked for once the start was given up', async () => {
    put('bin/temporal', WORKING_CLI);
    const signal = AbortSignal.abort();
    await assert.rejects(findTemporalCli({ ...lookup(), signal }), { name: 'AbortError' });
  });
});
