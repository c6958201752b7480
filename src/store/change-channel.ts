/** The channel on which committed changes are announced. */
import { sql } from 'drizzle-orm';

/** The payload is the id of the order that has changed; empty where a list has, and no order. */
export const CHANGE_CHANNEL = 'order_changed';

/** In the `returning` of a statement: says once it is committed that a list has changed, apart from any order. */
export const ANNOUNCE_LISTS = { announced: sql`pg_notify(${CHANGE_CHANNEL}, '')` };
