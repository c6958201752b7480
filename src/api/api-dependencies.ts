/** What the API is made of. It holds no state of its own but what is listed here. */
import type { Logger } from 'pino';
import type { BooksSettings } from '../books/settings.ts';
import type { Config } from '../config/config.ts';
import type { AccessCheck } from '../gateways/access.ts';
import type { Gateways } from '../gateways/index.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Database } from '../store/database.ts';
import type { ChangeFeed } from '../store/notifications.ts';
import type { Authenticate } from './access/api-keys.ts';
import type { ApiMetrics } from './http/api-metrics.ts';
import type { Drain } from './http/drain.ts';
import type { DuplicateCounter } from './temporal/duplicate-counter.ts';
import type { InFlightDeliveries } from './temporal/in-flight-deliveries.ts';
import type { OrderClient } from './temporal/order-client.ts';
import type { Reconciliations } from './temporal/reconciliations.ts';
import type { StartMarks } from './temporal/start-marks.ts';
import type { Turns } from './temporal/turns.ts';

export interface ApiDependencies {
  database: Database;
  /** Notifies those who wait for an order to change. */
  feed: ChangeFeed;
  orders: OrderClient;
  reconciliations: Reconciliations;
  starts: StartMarks;
  duplicates: DuplicateCounter;
  inFlightDeliveries: InFlightDeliveries;
  turns: Turns;
  gateways: Gateways;
  /** Whether each of them takes its configured key. */
  access: Pick<AccessCheck, 'read'>;
  /** The chart of accounts, and what settlements are measured by. */
  books: BooksSettings;
  /** By the keys that count now. */
  authenticate: Authenticate;
  /** How people sign in to the console; absent where they do so with API keys. */
  signIn?: SignIn;
  policy: Pick<
    Config,
    | 'orderExpiryMs'
    | 'settlementWindowMs'
    | 'holdsAccessWhileDisputed'
    | 'rateLimits'
    | 'supportRefundLimits'
    | 'writeOffLimits'
    | 'seller'
  >;
  drain: Drain;
  /** Temporal’s page of orders, for people. */
  temporalUiUrl?: string;
  /** The configured host, where this machine alone is served; absent behind a proxy or on a network. */
  localHost?: string;
  metrics: ApiMetrics;
  log: Logger;
}
