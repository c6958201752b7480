import type { Environment } from '../../config/settings.ts';

/** Whether the database is one of the shop's own, and not that of `npm start`. */
export function hasOwnDatabase({ DATABASE_URL, DATABASE_URL_FILE }: Environment): boolean {
  return Boolean(DATABASE_URL?.trim() || DATABASE_URL_FILE?.trim());
}
