/**
 * The id of this installation, which every object that it creates at a gateway carries. Shops often share one
 * gateway account with a staging copy or with other software, whose payments may name the same order ids.
 */
import type { Database } from './database.ts';
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
