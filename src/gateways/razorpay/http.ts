/**
 * The way to Razorpay's API. Every call ends in time, and ends as data, as a refusal or as a silence;
 * nothing is tried again here, because the activity does that.
 */
import type { z } from 'zod';
import { GatewayOutcomeUnknown } from '../gateway.ts';
import { createOutboundFetch, type OutboundFetch } from '../outbound.ts';
import { errorOf } from './refusals.ts';

/** Two calls in a row fit into an activity's ten seconds; Razorpay usually takes less than one. */
const CALL_TIMEOUT_MS = 4_500;

export interface Call {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

/** @throws GatewayRefusal for a definite no, GatewayOutcomeUnknown for everything unclear. */
export type Ask = <T>(schema: z.ZodType<T>, call: Call) => Promise<T>;

export function createHttp(baseUrl: string, keyId: string, keySecret: string): Ask {
  const fetchRazorpay = createOutboundFetch(baseUrl);
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
  return async (schema, { method, path, body, headers }) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await send(fetchRazorpay, new URL(path, baseUrl), {
      method,
      headers: { authorization, ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (reply.status >= 400) throw errorOf(reply.status, reply.body);
    const parsed = schema.safeParse(reply.body);
    if (!parsed.success) throw new GatewayOutcomeUnknown('Razorpay answered in an unknown form');
    return parsed.data;
  };
}

async function send(
  fetchRazorpay: OutboundFetch,
  url: URL,
  init: RequestInit,
): Promise<{ status: number; body: unknown }> {
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetchRazorpay(url, { ...init, signal });
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    throw new GatewayOutcomeUnknown(
      `Razorpay did not answer ${init.method} ${url.pathname}: ${name}`,
    );
  }
}

/** A proxy in between may answer in HTML; then the status alone speaks. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
