/** House rules that matter, each with its reason. A rule that is in the way is changed here, in the open. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  circles,
  files,
  type Import,
  imports,
  importsOf,
  isOurs,
  reachedFrom,
  roomOf,
} from './support/imports.ts';

/** What each room may import, beside itself. The single files directly under src are the entry points. */
const MAY_IMPORT: Record<string, string[]> = {
  money: [],
  domain: ['money'],
  client: [],
  http: [],
  logs: [],
  encryption: ['entry'],
  gateways: ['money', 'domain', 'entry'],
  store: ['money', 'domain', 'encryption', 'entry'],
  invoices: ['money', 'domain', 'store'],
  activities: ['money', 'domain', 'gateways', 'store', 'invoices'],
  workflows: ['money', 'domain', 'activities', 'encryption'],
  api: ['money', 'domain', 'gateways', 'store', 'invoices', 'workflows', 'logs', 'http', 'entry'],
  sandbox: ['money', 'logs', 'http'],
};

/** A test says by environment where a process dies; handing that down everywhere would be more to read. */
const FAILPOINTS = 'failpoints.ts';
const MAY_DIE = ['api', 'activities'];

function assertNone(found: (Import | string)[], reason: string): void {
  const named = found.map((one) => (typeof one === 'string' ? one : `${one.from} → ${one.to}`));
  assert.deepEqual(named, [], reason);
}

describe('imports', () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT))
    it(`of ${room} lead to ${allowed.join(', ') || 'nothing else of ours'}`, () => {
      const wrong = importsOf(room)
        .filter(isOurs)
        .filter(({ to }) => roomOf(to) !== room && !allowed.includes(roomOf(to)))
        .filter(({ to }) => to !== FAILPOINTS || !MAY_DIE.includes(room));
      assertNone(
        wrong,
        'they point one way, so that each room is understood without the later ones',
      );
    });

  it('of a room under an entry point are of its configuration, and types alone', () => {
    const wrong = imports.filter(
      (one) =>
        roomOf(one.to) === 'entry' &&
        isOurs(one) &&
        one.from.includes(path.sep) &&
        !(one.to === FAILPOINTS && MAY_DIE.includes(roomOf(one.from))),
    );
    assertNone(
      wrong.filter(({ from }) => roomOf(from) in MAY_IMPORT).filter(({ isType }) => !isType),
      'only the process that starts reads the environment; rooms are given what they need',
    );
  });

  it('of activities by workflows are types alone', () => {
    const wrong = importsOf('workflows').filter(
      (one) => roomOf(one.to) === 'activities' && !one.isType,
    );
    assertNone(wrong, 'a workflow that runs an activity’s code would repeat its effects on replay');
  });

  it('of the sandbox are by its own process alone', () => {
    const wrong = imports.filter(({ from, to }) => {
      const importer = roomOf(from);
      return roomOf(to) === 'sandbox' && importer !== 'sandbox' && importer in MAY_IMPORT;
    });
    assertNone(wrong, 'the sandbox is the oracle of the tests: it must not know what it judges');
  });

  it('of the workflow bundle are no packages but Temporal’s own', () => {
    const packages = [...reachedFrom('workflows')].filter(
      (name) => !files.some(({ file }) => file === name),
    );
    const allowed = ['@temporalio/workflow', '@temporalio/common'];
    assertNone(
      packages.filter((name) => !allowed.includes(name)),
      'zod costs memory for every cached order, and node: modules are not there on replay',
    );
  });

  it('in the domain do not go round in circles', () => {
    assertNone(
      circles('domain'),
      'what depends on itself cannot be read from one end to the other',
    );
  });
});

describe('the domain', () => {
  const domain = files.filter(({ file }) => roomOf(file) === 'domain');

  it('is pure: no clock, no chance, no waiting, no output', () => {
    const impure =
      /\bDate\.now|new Date\(\)|Math\.random|\bprocess\.|console\.|\basync\b|\bawait\b|setTimeout/;
    const wrong = domain.filter(({ text }) => impure.test(text)).map(({ file }) => file);
    assertNone(wrong, 'the same ledger and event must give the same result on every replay');
  });

  it('throws for nothing that an input could cause', () => {
    const wrong = domain.filter(({ text }) => /\bthrow\b/.test(text)).map(({ file }) => file);
    // Only a row that the table does not have: a slip of ours that the first test meets.
    assert.deepEqual(wrong, [path.join('domain', 'turn.ts')]);
  });

  it('imports no package', () => {
    assertNone(
      importsOf('domain').filter((one) => !isOurs(one)),
      'the decision about money depends on nothing that others may change',
    );
  });
});

describe('the log', () => {
  it('is written by one logger alone', () => {
    const wrong = imports.filter(({ from, to, isType }) => {
      return to === 'pino' && !isType && from !== path.join('logs', 'create-logger.ts');
    });
    assertNone(wrong, 'a logger of its own would write fields that nobody has listed');
  });

  it('is the only thing that a running service writes', () => {
    const talks = /\bconsole\.|process\.std(out|err)\.write/;
    const services = ['api', 'activities', 'workflows', 'gateways', 'store', 'metrics', 'logs'];
    const wrong = files.filter(
      ({ file, text }) => services.includes(roomOf(file)) && talks.test(text),
    );
    assertNone(
      wrong.map(({ file }) => file),
      'what is printed past the log is neither listed nor scrubbed',
    );
  });
});

describe('the code', () => {
  it('has no any', () => {
    const wrong = files.filter(({ text }) => /(?::|\bas|<|,|\|)\s*any\b(?!\w| [a-z])/.test(text));
    assertNone(
      wrong.map(({ file }) => file),
      'what the compiler does not see, nobody sees',
    );
  });
});

describe('money', () => {
  it('has the digits of ISO 4217, and never those of the locale data', () => {
    const wrong = files.filter(({ text }) => /FractionDigits|supportedValuesOf/.test(text));
    assertNone(
      wrong.map(({ file }) => file),
      'one release of Node shows forints and rupiahs with decimals, another without',
    );
  });
});

describe('the tests', () => {
  it('set nothing up for each test outside of a suite', () => {
    const suites = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const wrong = suites
      .filter((file) => file.endsWith('.test.ts'))
      .filter((file) =>
        /^(beforeEach|afterEach)\(/m.test(
          readFileSync(path.join(import.meta.dirname, file), 'utf8'),
        ),
      );
    assertNone(wrong, 'it would be done for every test of the run, thousands of times');
  });
});
