/** The query parameters that every list has. */
import { z } from 'zod';

const DEFAULT_LIMIT = 50;
/** A page of orders of this size is a few hundred kilobytes. */
const MAX_LIMIT = 200;

/** It names the last row of its page, and an event's own id has up to 256 characters. */
const MAX_CURSOR_LENGTH = 512;

export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be 1 to ${MAX_LIMIT}`)
    .default(String(DEFAULT_LIMIT))
    .transform(Number)
    .refine((limit) => limit <= MAX_LIMIT, `must be 1 to ${MAX_LIMIT}`)
    .meta({ description: `1 to ${MAX_LIMIT}.` }),
  cursor: z.string().max(MAX_CURSOR_LENGTH, 'is no cursor').optional(),
};
