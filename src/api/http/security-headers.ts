/** The headers that helmet gives every answer, computed once: they are the same for all. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Behind a proxy this is plain HTTP, and a browser that upgrades would not find the docs. */
const POLICY = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});

export function securityHeaders(): RequestHandler {
  const headers = headersOfPolicy();
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

function headersOfPolicy(): [string, string][] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  POLICY(request, response, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
