/**
 * Ids as gateways write them: a prefix that tells the kind, then randomness.
 * They never contain a dot, which Standard Webhooks uses to separate what it signs.
 */

import { randomBytes } from 'node:crypto';

type IdKind = 'sbx_pay' | 'sbx_cap' | 'sbx_ref' | 'sbx_dis' | 'evt';

// 96 random bits: two ids never meet, and the id stays short enough to read in a log.
const ID_BYTES = 12;

export const newId = (kind: IdKind): string => `${kind}_${randomBytes(ID_BYTES).toString('hex')}`;
