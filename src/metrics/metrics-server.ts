/** A listener for Prometheus alone, so that the numbers of the business stay off the public port. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';

/** What Prometheus expects of a page. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Scrapers keep one connection and come every 15 seconds or so. */
const KEEP_ALIVE_MS = 65_000;

export interface MetricsServer {
  port: number;
  close(): void;
}

/** @throws Error that says in one line why the address cannot be used. */
export async function serveMetrics({
  host,
  port,
  page,
}: {
  host: string;
  port: number;
  page: () => Promise<string>;
}): Promise<MetricsServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics')
      return response.writeHead(404).end('GET /metrics\n');
    const text = await page().catch(() => undefined);
    if (text === undefined) return response.writeHead(500).end('The metrics cannot be read.\n');
    return response.writeHead(200, { 'content-type': METRICS_CONTENT_TYPE }).end(text);
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use; set METRICS_PORT' : error.code;
      reject(new Error(`cannot serve metrics on ${host}:${port}: ${reason}`));
    });
    server.listen({ host, port }, resolve);
  });
}
