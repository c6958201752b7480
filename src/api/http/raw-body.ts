/** Reads a request's bytes as they came: never inflated, never beyond a limit. */
import express, { type Request, type Response } from 'express';
import { Problem } from '../problems/problem.ts';

/** Every body of this API fits into a tenth of it. */
const JSON_LIMIT_BYTES = 32 * 1024;
/** Gateways embed whole objects into their events. */
const WEBHOOK_LIMIT_BYTES = 1024 * 1024;

export type ReadRawBody = (request: Request, response: Response) => Promise<Buffer>;

function createReader(limitBytes: number): ReadRawBody {
  const read = express.raw({ type: () => true, limit: limitBytes, inflate: false });
  return async (request, response) => {
    // Refused by what is announced, before a single byte is waited for.
    if (Number(request.headers['content-length'] ?? 0) > limitBytes)
      throw new Problem('body_too_large');
    await new Promise<void>((resolve, reject) => {
      read(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    const body: unknown = request.body;
    return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  };
}

export const readJsonBytes = createReader(JSON_LIMIT_BYTES);
export const readWebhookBytes = createReader(WEBHOOK_LIMIT_BYTES);
