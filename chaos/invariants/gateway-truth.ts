/**
 * The gateway's own store, asked for over its API: what it holds is what happened to money. Payonce's
 * code for this gateway is not used, or a mistake in it would pass unseen.
 */
import { z } from 'zod';

const amount = z.number().int().positive();

const payment = z.object({
  id: z.string(),
  orderId: z.string().nullable(),
  status: z.string(),
  amount,
  currency: z.string(),
  captures: z.array(z.object({ captureId: z.string(), amount, reversed: z.boolean() })),
  refunds: z.array(z.object({ id: z.string(), amount, status: z.string() })),
  disputes: z.array(z.object({ id: z.string(), amount, status: z.string() })),
});

const webhook = z.object({
  id: z.string(),
  type: z.string(),
  orderId: z.string(),
  attempts: z.array(z.object({ status: z.number().nullable() })),
});

/** Amounts are minor units of `currency`. */
export type GatewayPayment = z.infer<typeof payment>;
export type GatewayWebhook = z.infer<typeof webhook>;

export interface GatewayTruth {
  payments: GatewayPayment[];
  webhooks: GatewayWebhook[];
}

/** @throws Error when the gateway does not answer, or in another form. */
export async function readGatewayTruth(baseUrl: string): Promise<GatewayTruth> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, baseUrl));
    if (!response.ok) throw new Error(`the gateway answered ${response.status} to GET ${path}`);
    return response.json();
  };
  return {
    ...z.object({ payments: z.array(payment) }).parse(await get('/payments')),
    ...z.object({ webhooks: z.array(webhook) }).parse(await get('/webhooks')),
  };
}
