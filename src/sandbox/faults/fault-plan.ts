/**
 * The fault plan a test may set: how often each thing goes wrong. Every probability is 0 to 1.
 * A plan is never stored; a restarted gateway behaves.
 */

import { z } from 'zod';

// Longer delays would outlast the runs that ask for them.
const MAX_DELAY_MS = 600_000;

/** What is asked for longer is a hang, which is a fault of its own. */
const MAX_ANSWER_AFTER_MS = 30_000;

const probability = z.number().min(0).max(1).optional();
const delay = z.int().min(0).max(MAX_DELAY_MS);

export const faultPlan = z.strictObject({
  seed: z.int().optional(),
  webhooks: z
    .strictObject({
      drop: probability,
      duplicate: probability,
      shuffle: probability,
      delayMs: z
        .tuple([delay, delay])
        .refine(([min, max]) => min <= max, 'must be [min, max] with min <= max')
        .optional(),
    })
    .optional(),
  api: z
    .strictObject({
      timeoutBefore: probability,
      timeoutAfter: probability,
      error500: probability,
      error429: probability,
      reset: probability,
      hang: probability,
      error401: probability,
      /** Every answer comes after so many milliseconds; what was asked is done at once. */
      answerAfterMs: z.int().min(0).max(MAX_ANSWER_AFTER_MS).optional(),
    })
    .optional(),
});

export type FaultPlan = z.infer<typeof faultPlan>;
