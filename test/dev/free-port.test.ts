import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import getPort from 'get-port';
import { freePort } from '../../src/dev/processes/free-port.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

const api = { host: '127.0.0.1', variable: 'PORT', use: 'API' };

describe('a port of the stack', () => {
  it('is the wanted one when that is free', async () => {
    const port = await getPort({ host: api.host });
    assert.equal(await freePort({ ...api, port }), port);
  });

  it('is any free one for 0', async () => {
    assert((await freePort({ ...api, port: 0 })) > 0);
  });

  it('is refused when it is in use, naming the port, its variable and another port', async () => {
    const server = createServer().listen(0, api.host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const message = new RegExp(
      `^Port ${port} \\(API\\) is in use by another program\\. Stop that program, or choose another port: PORT=\\d+ npm start$`,
    );
    try {
      await assert.rejects(freePort({ ...api, port }), (error) => {
        return error instanceof SetupError && message.test(error.message);
      });
    } finally {
      server.close();
    }
  });

  it('is refused on an address that this machine does not have', async () => {
    await assert.rejects(freePort({ ...api, host: '192.0.2.1', port: 3000 }), /EADDRNOTAVAIL/);
  });
});
