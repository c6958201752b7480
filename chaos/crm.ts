/**
 * The CRM of a run: a system of somebody else's that writes down every update it ever got, is down now
 * and then, and sometimes takes an update and fails to say so.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CrmLine } from './evidence.ts';
import { createJsonLines } from './json-lines.ts';
import type { Random } from './random.ts';

export interface Crm {
  url: string;
  /** How often it fails, 0 to 1; half of the failures have taken the update before. */
  failWith(probability: number): void;
  failures(): number;
  close(): void;
}

export async function openCrm(file: string, random: Random): Promise<Crm> {
  const log = createJsonLines<CrmLine>(file);
  let probability = 0;
  let failures = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const isFailing = random.chance(probability);
    const isReset = isFailing && random.chance(0.5);
    if (isFailing) failures += 1;
    const status = isFailing ? 500 : 204;
    log.write({ ...read(body), ...keyOf(request.headers), body, status, at: Date.now() });
    if (isReset) request.socket.resetAndDestroy();
    else response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/crm`,
    failWith: (wanted) => {
      probability = wanted;
    },
    failures: () => failures,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function read(body: string): Pick<CrmLine, 'orderId' | 'type'> {
  const { type, data } = JSON.parse(body) as { type: string; data: { id: string } };
  return { orderId: data.id, type };
}

function keyOf(headers: Record<string, unknown>): Pick<CrmLine, 'idempotencyKey'> {
  return { idempotencyKey: String(headers['idempotency-key'] ?? '') };
}
