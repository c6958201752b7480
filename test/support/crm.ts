/** A CRM that keeps every request it ever got, so that a test can count them by idempotency key. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface CrmRequest {
  key: string;
  type: string;
  orderId: string;
  body: string;
  /** It was answered with a 2xx. */
  isTaken: boolean;
}

export interface Crm {
  url: string;
  requests: CrmRequest[];
  /** Every request about this order is answered so; null makes the CRM well again. */
  answerWith(orderId: string, status: number | null): void;
  /** Runs once, when the next request for this order has been taken and before it is answered. */
  beforeAnswering(orderId: string, act: () => void): void;
  close(): void;
}

export async function openCrm(): Promise<Crm> {
  const requests: CrmRequest[] = [];
  const interruptions = new Map<string, () => void>();
  const statuses = new Map<string, number>();
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    const { type, data } = JSON.parse(body) as { type: string; data: { id: string } };
    const key = String(request.headers['idempotency-key']);
    const status = statuses.get(data.id) ?? 204;
    requests.push({ key, type, orderId: data.id, body, isTaken: status < 300 });
    const interrupt = interruptions.get(data.id);
    interruptions.delete(data.id);
    interrupt?.();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/crm`,
    requests,
    answerWith: (orderId, status) => {
      if (status === null) statuses.delete(orderId);
      else statuses.set(orderId, status);
    },
    beforeAnswering: (orderId, act) => interruptions.set(orderId, act),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
