/** What of a data directory a backup has, by its name there and in the backup alike. */
import path from 'node:path';

/** The database: its files, and the password that opens it. */
export const DATABASE = 'postgres';
export const PASSWORD = path.join(DATABASE, 'password');
export const DATABASE_FILES = path.join(DATABASE, 'data');
/**
 * Kept beside it so that a whole machine can be replaced: put back where they are missing alone, since a gateway is
 * never put back to an earlier moment.
 */
export const KEYS = 'keys.json';
export const GATEWAY = path.join('sandbox', 'gateway.db');
