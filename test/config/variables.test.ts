/** The table of variables, and that no place of the project knows one which it does not have. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { settingsTable } from '../../scripts/settings-table.ts';
import { namesFor } from '../../src/config/settings.ts';
import type { Variables } from '../../src/config/variable.ts';
import { tableWith } from '../../src/config/variables.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { files } from '../support/imports.ts';

const table = tableWith(BUILT_IN);
const variables = Object.entries(table);
const isKnown = (name: string): boolean => name in table || name.replace(/_FILE$/, '') in table;

/** Not settings of Payonce: the system's own, what a test says to a process, and what other programs read. */
const OF_OTHERS = [
  'PATH',
  'HOME',
  'XDG_CACHE_HOME',
  'NODE_EXTRA_CA_CERTS',
  'FAILPOINT',
  'TEMPORAL_DEFAULT_NAMESPACE',
  'STRIPE_PUBLISHABLE_KEY',
];

describe('the table of variables', () => {
  it('has every variable that the code reads', () => {
    const read = files.flatMap(({ text }) =>
      [...text.matchAll(/\benv\.([A-Z][A-Z_]+)/g)].map(([, name = '']) => name),
    );
    assert.ok(read.length > 10);
    assert.deepEqual(
      [...new Set(read)].filter((name) => !isKnown(name) && !OF_OTHERS.includes(name)),
      [],
    );
  });

  for (const [name, { about }] of variables.filter(
    ([
      ,
      {
        about: { needs },
      },
    ]) => needs,
  ))
    it(`lets ${name} need variables that its readers read as well`, () => {
      for (const reader of about.readBy ?? (['api'] as const))
        for (const other of about.needs ?? [])
          assert.ok(
            namesFor(reader, table).some((known) => known === other),
            other,
          );
    });

  for (const [name, { about }] of variables.filter(
    ([
      ,
      {
        about: { requiredBy },
      },
    ]) => requiredBy,
  ))
    it(`says what to set ${name} to, where it is required`, () => {
      assert.ok(about.setTo);
    });

  it('takes no default that its own format refuses', () => {
    for (const [name, { schema }] of variables)
      assert.deepEqual(schema.safeParse(undefined).error?.issues ?? [], [], name);
  });

  it('has a line in the documents for each', () => {
    const lines = settingsTable().split('\n').slice(2);
    assert.equal(lines.length, variables.length);
    for (const line of lines) assert.match(line, /^\| `\w+`.*? \| \w|^\| `\w+`.*? \| `/);
  });

  it('has a file in place of each secret, and of nothing else', () => {
    for (const line of settingsTable().split('\n').slice(2)) {
      const [, name = ''] = /`(\w+)`/.exec(line) ?? [];
      const { about } = table[name] as Variables[string];
      assert.equal(line.includes(`\`${name}_FILE\``), about.secret !== undefined, name);
    }
  });
});

describe('what the deployments and documents set', () => {
  const places = [
    'README.md',
    'docs/operations.md',
    'docs/security.md',
    'docs/gateways.md',
    'examples/README.md',
    'compose.yaml',
    'deploy/compose.env.example',
  ];
  const prefixes = new Set(variables.map(([name]) => `${name.split('_')[0]}_`));

  for (const place of places)
    it(`are variables of the table: ${place}`, () => {
      const named =
        readFileSync(path.resolve(place), 'utf8').match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
      const ours = named.filter((name) => prefixes.has(`${name.split('_')[0]}_`));
      assert.deepEqual(
        [...new Set(ours)].filter((name) => !isKnown(name) && !OF_OTHERS.includes(name)),
        [],
      );
    });
});
