/** The query parameters that every list has. */
import { z } from 'zod';

const DEFAULT_LIMIT = 50;
/** A page of orders of this size is a few hundred kilobytes. */
const MAX_LIMIT = 200;

export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be 1 to ${MAX_LIMIT}`)
    .default(String(DEFAULT_LIMIT))
    .transform(Number)
    .refine((limit) => limit <= MAX_LIMIT, `must be 1 to ${MAX_LIMIT}`)
    .meta({ description: `1 to ${MAX_LIMIT}.` }),
  cursor: z.string().max(256, 'is no cursor').optional(),
};
