import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  devServerArguments,
  readTemporalDevFile,
  TEMPORAL_DEV_FILE,
} from '../../src/dev/temporal/temporal-dev-file.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

describe('temporal-dev.yaml', () => {
  it('names the version that tools/temporal-cli pins', () => {
    const goMod = readFileSync(new URL('../../tools/temporal-cli/go.mod', import.meta.url), 'utf8');
    const { version } = readTemporalDevFile();
    assert(goMod.includes(`require github.com/temporalio/cli v${version}\n`));
  });

  it('becomes the arguments of a server that listens on loopback only', () => {
    const ports = { port: 1, uiPort: 2, httpPort: 3, metricsPort: 4 };
    const place = { databasePath: '/data/temporal.db', ...ports };
    const line = devServerArguments(readTemporalDevFile(), place).join(' ');
    for (const part of [
      'server start-dev --ip 127.0.0.1 --namespace payments --port 1 --ui-port 2',
      '--http-port 3 --metrics-port 4',
      '--db-filename /data/temporal.db --log-level warn',
      '--sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=FULL --ui-disable-news-fetch',
      '--search-attribute PaymentState=Keyword',
      '--search-attribute AmountMinor=Int',
      '--dynamic-config-value system.enableActivityEagerExecution=true',
      '--dynamic-config-value matching.numTaskqueueReadPartitions=1',
    ]) {
      assert(line.includes(part), `${part} is not in ${line}`);
    }
  });
});

describe('a wrong temporal-dev.yaml', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-dev-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const changed = (from: string, to: string): string => {
    const file = path.join(folder, 'temporal-dev.yaml');
    writeFileSync(file, readFileSync(TEMPORAL_DEV_FILE, 'utf8').replace(from, to));
    return file;
  };

  const wrong: [string, string, RegExp][] = [
    ['retention: 30d', 'retention: long', /is not valid: retention: must be a duration/],
    ['NeedsReview: Bool', 'NeedsReview: Boolean', /is not valid: searchAttributes\.NeedsReview:/],
    ['databaseFile: temporal.db', 'databaseFile: ../x', /databaseFile: must be a file name/],
    ['synchronous: FULL', 'synchronous: OFF', /sqlitePragmas\.synchronous:/],
    ['namespace: payments', 'nameSpace: payments', /is not valid: namespace:.*nameSpace/s],
    ['namespace: payments', 'namespace: [', /cannot be read:/],
  ];
  for (const [from, to, message] of wrong) {
    it(`is refused for "${to}"`, () => {
      assert.throws(
        () => readTemporalDevFile(changed(from, to)),
        (error) => {
          return error instanceof SetupError && message.test(error.message);
        },
      );
    });
  }
});
