#!/usr/bin/env bash
# drizzle-orm 0.45.4 with @electric-sql/pglite 0.5.17 (PostgreSQL), seen on Node 20.20.2, 2026-11-30.
#
# Guess: `migrate` applies every migration of the folder that the database does not have yet, or says that it cannot.
# Seen:  it compares times alone: what is listed with a `when` before that of the last applied migration is taken for applied. Two
#        branches that each generate a migration, of which the older one is merged last, give a database that lacks a table for
#        good, and say nothing; later migrations are applied. An empty database gets all of them, so tests are green.
# What helps: generate the migration again after the merge, and a test that the times of the journal ascend.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts drizzle-orm@0.45.4 @electric-sql/pglite@0.5.17
cat > try.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

mkdirSync('migrations/meta', { recursive: true });

function put(migrations) {
  for (const [tag] of migrations) writeFileSync(`migrations/${tag}.sql`, `CREATE TABLE ${tag.slice(5)} (id int);`);
  const entries = migrations.map(([tag, when], idx) => ({ idx, version: '7', when, tag, breakpoints: true }));
  writeFileSync('migrations/meta/_journal.json', JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
}

async function migrated(database) {
  await migrate(drizzle(database), { migrationsFolder: 'migrations' });
  const { rows } = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1");
  return rows.map(({ tablename }) => tablename).join(' ');
}

const live = new PGlite();
put([['0000_orders', 100], ['0001_refunds', 300]]);
console.log(`live: ${await migrated(live)}`);
put([['0000_orders', 100], ['0001_refunds', 300], ['0002_disputes', 200]]);
console.log(`live, after the merge of one from before: ${await migrated(live)}`);
put([['0000_orders', 100], ['0001_refunds', 300], ['0002_disputes', 200], ['0003_payouts', 400]]);
console.log(`live, after one more: ${await migrated(live)}`);
console.log(`empty: ${await migrated(new PGlite())}`);
JS
expected='live: orders refunds
live, after the merge of one from before: orders refunds
live, after one more: orders payouts refunds
empty: disputes orders payouts refunds'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
