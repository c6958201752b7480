/** The listener: limits on what a connection may cost, and answers where no request can be read. */

import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, problemBody, problemHeaders } from '../problems/problem.ts';
import { type ProblemCode, problemEntry } from '../problems/problem-table.ts';

/** All headers together; ours are a few hundred bytes. */
const MAX_HEADER_BYTES = 16 * 1024;
/** A client on a bad line sends our headers within a second or two. */
const HEADERS_TIMEOUT_MS = 10_000;
/** 32 KiB on a bad line take as long. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Longer than the idle time of usual load balancers, so that they close first and lose nothing. */
const KEEP_ALIVE_MS = 65_000;
/** How often overdue connections are looked for. */
const CHECK_INTERVAL_MS = 1_000;

const CODES: Record<string, ProblemCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Connections whose request is an upload: it takes as long as it moves on. */
const uploading = new WeakSet<Socket>();

/** Takes the limit of time for a whole request off this one; how long it may stand still is up to the caller. */
export function allowLongUpload(request: IncomingMessage): void {
  const { socket } = request;
  uploading.add(socket);
  request.once('close', () => uploading.delete(socket));
}

/** CONNECT never reaches the application: Node takes it for the beginning of another protocol. */
const NO_TUNNEL = new Problem('method_not_allowed', { headers: { allow: 'GET, HEAD, POST' } });

export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      // The application refuses it itself, with a body that says why.
      requireHostHeader: false,
    },
    listener,
  );
  // Node silently drops headers beyond the count; their bytes are limited instead.
  server.maxHeadersCount = 0;
  const answering = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
    response.once('close', () => answering.delete(socket));
  });
  // What else a client expects of us is no reason to refuse it (RFC 9110 leaves it open).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => refuse(socket, NO_TUNNEL));
  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && uploading.has(socket)) return;
    // Half an answer is out: a second one after it would be read as its rest.
    const isBegun = answering.get(socket)?.headersSent === true;
    if (isBegun || !socket.writable) socket.destroy();
    else refuse(socket, new Problem(CODES[error.code ?? ''] ?? 'malformed_http'));
  });
  return server;
}

/** Written by hand: there is no request, so there is no response to write it. */
function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  const headers = {
    ...problemHeaders(problem),
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const { title } = problemEntry(problem.code);
  socket.end(`HTTP/1.1 ${problem.status} ${title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Listens, and answers the port.
 *
 * @param variable by which the port is set
 * @throws Error that says in one line why the address cannot be used.
 */
export function listen(
  server: Server,
  host: string,
  port: number,
  variable: 'PORT' | 'CONSOLE_PORT' = 'PORT',
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? `another process uses it; set ${variable}` : error.code;
      reject(new Error(`cannot listen on ${host}:${port}: ${reason}`));
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}
