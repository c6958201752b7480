/** House rules that matter, each with its reason. A rule that is in the way is changed here, in the open. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { walkIn } from '../scripts/architecture-pictures.ts';
import { BUSINESS_EFFECTS } from '../src/domain/effects/effects.ts';
import {
  circles,
  files,
  type Import,
  imports,
  importsOf,
  isOurs,
  reachedFrom,
  reachedFromFiles,
  roomOf,
} from './support/imports.ts';

/** What each room may import, beside itself. The single files directly under src are the entry points. */
const MAY_IMPORT: Record<string, string[]> = {
  money: [],
  domain: ['money'],
  client: [],
  http: [],
  config: ['http'],
  logs: [],
  process: ['config', 'logs', 'gateways'],
  encryption: ['config'],
  temporal: ['config', 'encryption', 'http'],
  gateways: ['money', 'domain', 'config'],
  settlements: ['money', 'gateways'],
  store: ['money', 'domain', 'encryption', 'config', 'settlements'],
  books: ['money', 'settlements', 'store', 'invoices'],
  invoices: ['money', 'domain', 'store', 'config'],
  activities: ['money', 'domain', 'gateways', 'settlements', 'store', 'invoices'],
  workflows: ['money', 'domain', 'activities', 'encryption'],
  api: [
    'money',
    'domain',
    'gateways',
    'settlements',
    'store',
    'books',
    'invoices',
    'workflows',
    'logs',
    'http',
    'config',
    'sign-in',
  ],
  'sign-in': ['config'],
  sandbox: ['money', 'logs', 'http', 'config'],
  doctor: ['config', 'temporal', 'process', 'gateways', 'store', 'workflows', 'sign-in'],
};

/** What the folders of the API may import of each other; the files directly under `api` join them together. */
const API_MAY_IMPORT: Record<string, string[]> = {
  problems: [],
  temporal: ['problems'],
  access: ['problems'],
  http: ['problems', 'access'],
  openapi: ['problems', 'http'],
  orders: ['problems', 'http', 'openapi', 'temporal'],
  webhooks: ['problems', 'http', 'openapi', 'temporal', 'orders'],
  settlements: ['problems', 'http', 'openapi', 'temporal', 'orders'],
  books: ['problems', 'http', 'openapi'],
  operators: ['problems', 'http', 'openapi', 'temporal', 'orders'],
  console: ['problems', 'http', 'access', 'openapi'],
};

/** These read the environment or start processes; other rooms are given what they need. */
const OF_PROCESSES = ['config', 'process', 'temporal', 'sandbox', 'doctor'];

/** What is read together fits on one screen of a file list. */
const FILES_OF_A_FOLDER = 18;
const ENTRY_POINTS = ['migrate.ts', 'server.ts', 'start.ts', 'worker.ts'];

/** A test says by environment where a process dies; handing that down everywhere would be more to read. */
const FAILPOINTS = path.join('process', 'failpoints.ts');
/** The first import of every program. */
const OLDEST_NODE = path.join('process', 'oldest-node.ts');
/** What a workflow needs of an effect beside its activity. */
const POLICIES = path.join('activities', 'policies.ts');
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
        .filter(({ to }) => to !== FAILPOINTS || !MAY_DIE.includes(room))
        .filter(({ to }) => to !== OLDEST_NODE);
      assertNone(
        wrong,
        'they point one way, so that each room is understood without the later ones',
      );
    });

  for (const [folder, allowed] of Object.entries(API_MAY_IMPORT))
    it(`of api/${folder} lead, within the API, to ${allowed.join(', ') || 'none of its other folders'}`, () => {
      const folderOf = (file: string): string | undefined =>
        file.split(path.sep).length > 2 ? file.split(path.sep)[1] : undefined;
      const wrong = importsOf('api')
        .filter(isOurs)
        .filter(({ from, to }) => folderOf(from) === folder && roomOf(to) === 'api')
        .map((one) => ({ ...one, target: folderOf(one.to) }))
        .filter(({ target }) => target !== undefined && target !== folder)
        .filter(({ target = '' }) => !allowed.includes(target));
      assertNone(wrong, 'a change of one folder is read in that folder and those before it');
    });

  it('of the configuration are types alone, but where processes are started', () => {
    const wrong = imports.filter(
      ({ from, to, isType }) =>
        roomOf(to) === 'config' &&
        roomOf(from) in MAY_IMPORT &&
        !OF_PROCESSES.includes(roomOf(from)) &&
        !isType,
    );
    assertNone(
      wrong,
      'only the process that starts reads the environment; rooms are given what they need',
    );
  });

  it('of activities by workflows are types and policies alone', () => {
    const wrong = importsOf('workflows').filter(
      (one) => roomOf(one.to) === 'activities' && !one.isType && one.to !== POLICIES,
    );
    wrong.push(...imports.filter(({ from, isType }) => from === POLICIES && !isType));
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

describe('the folders of src', () => {
  it('hold entry points alone at their root', () => {
    const root = files.map(({ file }) => file).filter((file) => roomOf(file) === 'entry');
    assert.deepEqual(new Set(root), new Set(ENTRY_POINTS));
  });

  it(`hold at most ${FILES_OF_A_FOLDER} files each`, () => {
    const counts = new Map<string, number>();
    for (const { file } of files)
      counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > FILES_OF_A_FOLDER);
    assertNone(
      large.map(([folder, count]) => `${folder}: ${count}`),
      'a longer list is two subjects',
    );
  });
});

/** A reader who knows the folder of one gateway knows all of them. */
const OF_A_GATEWAY = [
  'amounts.ts',
  'calls.ts',
  'client.ts',
  'details.ts',
  'errors.ts',
  'events.ts',
  'index.ts',
  'package.ts',
  'payloads.ts',
  'settlements.ts',
  'webhook.ts',
  // Of PayPal alone: what signs its webhooks is fetched, its SDK has no way out of ours, and no other object has one text for all.
  'certificates.ts',
  'http.ts',
  'mark.ts',
];

describe('the folder of each gateway', () => {
  it('has files of the same names as its siblings', () => {
    const wrong = files
      .map(({ file }) => file)
      .filter((file) => roomOf(file) === 'gateways' && file.split(path.sep).length > 2)
      .filter((file) => !OF_A_GATEWAY.includes(path.basename(file)));
    assertNone(wrong, 'what is called otherwise has to be looked for');
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
    assertNone(wrong, 'a workflow that throws for an input stands still for ever');
  });

  it('starts effects and opens reviews in one file, from the cells of the table', () => {
    const wrong = domain
      .filter(({ text }) => /\bstarted\.push\(|\bputReview\(ledger,/.test(text))
      .map(({ file }) => file);
    assert.deepEqual(
      wrong,
      [path.join('domain', 'apply-row.ts')],
      'the table says all that happens',
    );
  });

  it('imports no package', () => {
    assertNone(
      importsOf('domain').filter((one) => !isOurs(one)),
      'the decision about money depends on nothing that others may change',
    );
  });
});

function isNode(name: string): boolean {
  return name.startsWith('node:');
}

describe('the programs of a release', () => {
  it('import no package that only development installs', () => {
    const readJson = (file: string): { files?: string[]; dependencies?: object } =>
      JSON.parse(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8'));
    const { files: programs = [] } = readJson('tsconfig.build.json');
    const { dependencies = {} } = readJson('package.json');
    const reached = reachedFromFiles(programs.map((file) => path.relative('src', file)));
    const wrong = imports.filter(({ from, to, isType }) => {
      const [name = ''] = /^(@[^/]+\/)?[^/]+/.exec(to) ?? [];
      return (
        reached.has(from) &&
        !isType &&
        !isOurs({ from, to, isType }) &&
        !isNode(name) &&
        !(name in dependencies)
      );
    });
    assert.ok(reached.size > 100);
    assertNone(wrong, 'a release holds production’s packages, and ends at its start without one');
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

/** Words that the vocabulary has better ones for; what is stored or sent keeps its name. */
const RETIRED =
  /^(hears?|heard|hearing|rings?|rung|sticks?|doubts?|doubted|beside|whoever|nobody|somebody|deeds?|tells?|told|news|alarms?|silences?|guess)$/i;

describe('docs/architecture.md', () => {
  it('names no file that is not there', () => {
    const root = path.join(import.meta.dirname, '..');
    const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
    const named = [...page.matchAll(/`((?:src|test)\/[\w./-]+\.ts)`/g)].map(
      ([, file = '']) => file,
    );
    // In capitals stands what there are several of, such as GATEWAY.
    const wrong = named.filter((file) => !/[A-Z]/.test(file) && !existsSync(path.join(root, file)));
    assert.ok(named.length > 20);
    assertNone(wrong, 'a reader who follows a walk has to find each step of it');
  });
});

/** More than that is no walk but a search. */
const FILES_OF_A_WALK = 15;

describe('the walk of a webhook', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../docs/architecture.md'), 'utf8');
  const walk = walkIn(page, 'A webhook');

  it(`goes through at most ${FILES_OF_A_WALK} files, each once`, () => {
    assert.ok(walk.length > 10 && walk.length <= FILES_OF_A_WALK, `${walk.length} files`);
    assert.equal(new Set(walk).size, walk.length);
  });

  it('begins at the endpoint, goes down through every layer, and comes back to GET', () => {
    const rooms = walk.map(roomOf).filter((room, i, all) => room !== all[i - 1]);
    const down = ['api', 'workflows', 'domain', 'workflows', 'activities', 'api'];
    assert.deepEqual(rooms, ['api', 'gateways', ...down]);
  });

  it('finds each of its files in every gateway’s folder and for every effect', () => {
    const gateways = new Set(
      files
        .map(({ file }) => file.split(path.sep))
        .flatMap(([room, name, ...rest]) =>
          room === 'gateways' && rest.length > 0 && name !== undefined ? [name] : [],
        ),
    );
    const effects = BUSINESS_EFFECTS.map((effect) => effect.replaceAll('_', '-'));
    const named = walk.flatMap((file) =>
      file.includes('GATEWAY')
        ? [...gateways].map((gateway) => file.replace('GATEWAY', gateway))
        : effects.map((effect) => file.replace('EFFECT', effect)),
    );
    assertNone(
      [...new Set(named)].filter((name) => !files.some(({ file }) => file === name)),
      'a reader who follows the walk has to find each step of it',
    );
  });
});

describe('the names in the code', () => {
  it('are words of docs/vocabulary.md, and none that it has replaced', () => {
    const wrong = files
      .filter(({ file }) => file !== path.join('client', 'schema.ts'))
      .flatMap(({ file, text }) =>
        [...withoutTexts(text).matchAll(/[A-Za-z_$][\w$]*/g)]
          .map(([name]) => name)
          .filter((name) => name.split(/(?=[A-Z])|_/).some((word) => RETIRED.test(word)))
          .map((name) => `${file}: ${name}`),
      );
    assertNone([...new Set(wrong)], 'a payment engineer has to understand each at first read');
  });
});

/** Code without comments, texts and patterns, so that identifiers alone are left. */
function withoutTexts(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1')
    .replace(/'(?:\\.|[^'\\\n])*'/g, '')
    .replace(/`(?:\\.|[^`\\])*`/g, (template) => template.match(/\$\{[^}]*\}/g)?.join(' ') ?? '')
    .replace(/\/(?:\\.|[^/\\\n])+\/[gimsuy]+/g, '');
}
