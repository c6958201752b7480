/** PayPal, as far as its documentation tells: an account behind HTTP that sends signed webhooks. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, createAccount } from './account.ts';
import { type Api, createApi, type Exchange, type Faults } from './api.ts';
import { wrongIn } from './openapi.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export interface FakePayPal {
  url: string;
  account: Account;
  faults: Faults;
  webhooks: Webhooks;
  /** Where the account sends its events, as PayPal's API has it. */
  endpoints: object[];
  api: Omit<Api, 'listener'>;
  /** Every call that was carried out, oldest first. */
  exchanges: Exchange[];
  /** What PayPal's own specification says against calls and answers so far. */
  violations: string[];
  close(): Promise<void>;
}

export async function openFakePayPal(): Promise<FakePayPal> {
  const webhooks = createWebhooks(() => fake.url);
  const account = createAccount(webhooks.tell);
  const faults: Faults = { trouble: null, struck: 0, losesAnswers: false, onAnswerLost: () => {} };
  const exchanges: Exchange[] = [];
  const violations: string[] = [];
  const endpoints: object[] = [];
  const { listener, ...api } = createApi({
    account,
    faults,
    webhooks: endpoints,
    onExchange: (exchange) => {
      exchanges.push(exchange);
      violations.push(...wrongIn(exchange));
    },
    onReusedKey: (path) => violations.push(`${path} came with a known key and another body`),
  });
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fake: FakePayPal = {
    url: `http://127.0.0.1:${port}`,
    account,
    faults,
    webhooks,
    endpoints,
    api,
    exchanges,
    violations,
    async close() {
      webhooks.close();
      server.closeAllConnections();
      server.close();
    },
  };
  return fake;
}
