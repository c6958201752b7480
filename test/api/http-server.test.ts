import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHttpServer, listen } from '../../src/api/http/http-server.ts';

describe('bytes that are no HTTP request', () => {
  let server: Server;
  let port: number;

  before(async () => {
    server = createHttpServer((request, response) => {
      const last = JSON.stringify({ last: request.headers.last });
      request.resume().once('end', () => response.end(last));
    });
    port = await listen(server, '127.0.0.1', 0);
  });
  after(() => server.close());

  async function answerTo(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes);
    return text(socket);
  }

  const malformed: [string, string][] = [
    ['nonsense', 'nonsense\r\n\r\n'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bad chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ];
  for (const [what, bytes] of malformed)
    it(`(${what}) are answered with malformed_http`, async () => {
      const answer = await answerTo(bytes);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /"code":"malformed_http"/);
    });

  it('are refused when the headers are too large', async () => {
    const answer = await answerTo(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.match(answer, /"code":"headers_too_large"/);
  });

  it('are refused as a method when they ask for a tunnel', async () => {
    const answer = await answerTo('CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 405 /);
    assert.match(answer, /"code":"method_not_allowed"/);
  });

  it('are served whatever they expect beside an answer', async () => {
    const head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea\r\n\r\n';
    assert.match(await answerTo(head), /^HTTP\/1\.1 200 /);
  });

  it('are heard to the last of thousands of headers', async () => {
    const head = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a:1\r\n'.repeat(2_500)}`;
    assert.match(await answerTo(`${head}Last: heard\r\n\r\n`), /"last":"heard"/);
  });

  it('leave the server serving', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(response.status, 200);
  });

  it('cannot be listened for on a port that is taken, and the error says so', async () => {
    const taken = (server.address() as AddressInfo).port;
    await assert.rejects(
      listen(
        createHttpServer(() => {}),
        '127.0.0.1',
        taken,
      ),
      new Error(`cannot listen on 127.0.0.1:${taken}: another process uses it; set PORT`),
    );
  });
});
