/** Stripe, as far as its documentation tells: an account behind HTTP that sends signed webhooks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, createAccount } from './account.ts';
import { createApi } from './api.ts';
import { type Balance, createBalance } from './balance.ts';
import { createFaults, type Faults } from './faults.ts';
import { createSavedAnswers, type SavedAnswers } from './saved-answers.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export const SECRET_KEY = `sk_test_${'51Payonce'.padEnd(24, '0')}`;
export const WEBHOOK_SECRET = `whsec_${'stripe'.padEnd(32, '0')}`;

interface WebhookEndpoint {
  url: string;
  status: 'enabled' | 'disabled';
  enabled_events: readonly string[];
}

export interface FakeStripe {
  url: string;
  account: Account;
  balance: Balance;
  faults: Faults;
  webhooks: Webhooks;
  savedAnswers: SavedAnswers;
  /** Where the account sends its events, as Stripe's API has it; null where the key may not read that. */
  endpoints: readonly WebhookEndpoint[] | null;
  /** Calls as they came in, `POST /v1/refunds` and the like. */
  calls: string[];
  /** Ends with the next answer that a fault keeps back. */
  nextLostAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function openFakeStripe(): Promise<FakeStripe> {
  const webhooks = createWebhooks(WEBHOOK_SECRET);
  const account = createAccount(webhooks.tell);
  const balance = createBalance();
  const faults = createFaults();
  const savedAnswers = createSavedAnswers();
  const calls: string[] = [];
  let whenLost: (() => void)[] = [];
  const onAnswerLost = (): void => {
    for (const resolve of whenLost) resolve();
    whenLost = [];
  };
  const parts = { account, balance, faults, savedAnswers, secretKey: SECRET_KEY };
  const api = createApi({ ...parts, onAnswerLost, endpoints: () => fake.endpoints });
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url?.split('?')[0]}`);
    api(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeStripe = {
    url: `http://127.0.0.1:${port}`,
    account,
    balance,
    faults,
    webhooks,
    savedAnswers,
    calls,
    endpoints: [],
    nextLostAnswer: () => new Promise((resolve) => whenLost.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        webhooks.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}
