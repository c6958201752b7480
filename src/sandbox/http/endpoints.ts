/**
 * Turns reads and changes into express handlers. Only the calls a merchant's server makes are
 * struck by faults; what a bank or a test does always gets its real answer.
 */

import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import type { Faults } from '../faults/faults.ts';
import { answerOrStrike } from '../faults/strike.ts';
import type { Outcome, Submit } from '../payments/submit.ts';
import type { Database, Store } from '../store/store.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { parseBody, parseIdempotencyKey } from './requests.ts';

type ChangeSpec<Body> = {
  readonly body: z.ZodType<Body>;
  readonly run: (db: Database, body: Body, id: string) => Promise<Outcome>;
  readonly requiresKey?: boolean;
  readonly faulty?: boolean;
};

export type Endpoints = {
  readonly change: <Body>(spec: ChangeSpec<Body>) => RequestHandler;
  readonly faultyRead: (read: (db: Database, req: Request) => Promise<Answer>) => RequestHandler;
};

export type EndpointParts = {
  readonly store: Store;
  readonly submit: Submit;
  readonly faults: Faults;
};

/** The `id` of the path, or nothing on a path without one. */
export const pathId = (req: Request): string => String(req.params.id ?? '');

export function createEndpoints({ store, submit, faults }: EndpointParts): Endpoints {
  return {
    change: ({ body: schema, run, requiresKey = false, faulty = false }) => {
      const answer = async (req: Request): Promise<Answer> => {
        const idempotencyKey = parseIdempotencyKey(req, requiresKey);
        const body = parseBody(req, schema);
        return submit({
          idempotencyKey,
          request: { method: req.method, path: req.path, body },
          run: (db) => run(db, body, pathId(req)),
        });
      };
      return async (req, res) => {
        if (faulty) await answerOrStrike(res, faults, () => answer(req));
        else sendAnswer(res, await answer(req));
      };
    },
    faultyRead: (read) => async (req, res) =>
      answerOrStrike(res, faults, () => store.read((db) => read(db, req))),
  };
}
