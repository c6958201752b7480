/**
 * The id of this installation, which every object that it creates at a gateway carries. Shops often share one
 * gateway account with a staging copy or with other software, whose payments may name the same order ids.
 */
import { sql } from 'drizzle-orm';
import { type Database, openDatabase } from './database.ts';
import { installation } from './schema/edge.ts';

/** Answers the id, such as `ins_0f8c…`. It is read once and never changes. */
export type InstallationId = () => Promise<string>;

/** @throws Error when the database was never migrated; the next call reads again. */
export function createInstallationId(database: Database): InstallationId {
  let known: string | null = null;
  return async () => {
    if (known !== null) return known;
    const [row] = await database.db.select({ id: installation.id }).from(installation);
    if (row === undefined) throw new Error('the installation has no id: run npm run migrate');
    known = row.id;
    return known;
  };
}

/** Gives a copied database an id of its own, and answers it. Processes read it when they start. */
export async function renewInstallation(url: string): Promise<string> {
  const database = openDatabase(url);
  try {
    const id = sql<string>`'ins_' || replace(gen_random_uuid()::text, '-', '')`;
    const [row] = await database.db
      .update(installation)
      .set({ id, createdAt: sql`now()` })
      .returning({ id: installation.id });
    if (row === undefined) throw new Error('the installation has no id: run npm run migrate');
    return row.id;
  } finally {
    await database.close();
  }
}
