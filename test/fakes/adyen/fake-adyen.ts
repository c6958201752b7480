/** Adyen, as far as its documentation tells: an account behind HTTP that sends signed webhooks. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaults, type Faults } from '../stripe/faults.ts';
import { type Account, createAccount } from './account.ts';
import { createApi } from './api.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export const API_KEY = 'AQEyhmfxKonIYxZGw0m/of-the-stand-in';
export const MERCHANT_ACCOUNT = 'PayonceECOM';
export const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';

export interface FakeAdyen {
  url: string;
  account: Account;
  faults: Faults;
  webhooks: Webhooks;
  /** Requests, answers and webhooks that Adyen's own OpenAPI file does not allow. */
  violations: string[];
  /** Calls as they came in, `POST /v72/paymentLinks` and the like. */
  calls: string[];
  /** Ends with the next answer that a fault keeps back. */
  nextLostAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function openFakeAdyen(): Promise<FakeAdyen> {
  const violations: string[] = [];
  const webhooks = createWebhooks({
    key: HMAC_KEY,
    merchantAccount: MERCHANT_ACCOUNT,
    violations,
  });
  const account = createAccount(webhooks.tell);
  const faults = createFaults();
  const calls: string[] = [];
  let whenLost: (() => void)[] = [];
  const api = createApi({
    ...{ account, faults, violations, apiKey: API_KEY, merchantAccount: MERCHANT_ACCOUNT },
    onAnswerLost() {
      for (const resolve of whenLost) resolve();
      whenLost = [];
    },
  });
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    api(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ account, faults, webhooks, violations, calls },
    nextLostAnswer: () => new Promise((resolve) => whenLost.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        webhooks.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
