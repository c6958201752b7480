/** Days as a worker fetches them, from stand-ins of the gateways into a database, without Temporal. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  createSettlementDays,
  type DayRequest,
  type SettlementDayActivities,
} from '../../src/activities/settlement-days.ts';
import { createGateways, type Gateways } from '../../src/gateways/index.ts';
import { razorpay } from '../../src/gateways/razorpay/package.ts';
import { stripe } from '../../src/gateways/stripe/package.ts';
import type { SettlementDay } from '../../src/store/settlements/days.ts';
import { listDays } from '../../src/store/settlements/days.ts';
import type { SettlementImport } from '../../src/store/settlements/import-report.ts';
import type { BookTerms } from '../../src/store/settlements/terms.ts';
import { type FakeRazorpay, KEY_ID, KEY_SECRET, openFakeRazorpay } from '../fakes/razorpay/fake.ts';
import {
  type FakeStripe,
  openFakeStripe,
  SECRET_KEY,
  WEBHOOK_SECRET,
} from '../fakes/stripe/fake-stripe.ts';
import { openSettlementWorld, type SettlementWorld, TERMS } from './settlement-world.ts';

/** Tries that fail are what most tests are about. */
const QUIET = new DefaultLogger('ERROR');

export interface StoredLine {
  line_id: string;
  kind: string;
  payment_id: string | null;
  reference: string | null;
  order_hint: string | null;
  gross_minor: number;
  fee_minor: number;
  tax_minor: number;
  net_minor: number;
  currency: string;
  customer_minor: number | null;
  customer_currency: string | null;
  payout_id: string | null;
  day: string;
}

export interface DayWorld extends SettlementWorld {
  stripe: FakeStripe;
  razorpay: FakeRazorpay;
  /** Stripe and Razorpay, and `twin`: another package over Stripe's API. */
  gateways: Gateways;
  activities: SettlementDayActivities;
  /** A request of a fetch of its own, unless one is named. */
  request(gateway: string, day: string, more?: Partial<DayRequest>): DayRequest;
  /** One try of each activity. */
  fetchOnce(request: DayRequest): Promise<void>;
  importOnce(request: DayRequest): Promise<{ lines: number; newLines: number }>;
  /** Both. */
  fetched(
    gateway: string,
    day: string,
    more?: Partial<DayRequest>,
  ): Promise<{ lines: number; newLines: number }>;
  lines(): Promise<StoredLine[]>;
  imports(): Promise<Pick<SettlementImport, 'lines' | 'newLines' | 'firstDay' | 'lastDay'>[]>;
  state(gateway: string, day: string): Promise<SettlementDay | undefined>;
}

export async function openDayWorld(): Promise<DayWorld> {
  const world = await openSettlementWorld();
  const fakes = { stripe: await openFakeStripe(), razorpay: await openFakeRazorpay() };
  const packages = createGateways([stripe, razorpay], {
    stripe: {
      secretKey: SECRET_KEY,
      webhookSecrets: [WEBHOOK_SECRET],
      captureMethod: 'automatic',
      apiBase: fakes.stripe.url,
    },
    razorpay: {
      keyId: KEY_ID,
      keySecret: KEY_SECRET,
      webhookSecrets: ['w'.repeat(24)],
      apiBase: fakes.razorpay.url,
    },
  });
  const gateways: Gateways = { ...packages, ...(packages.stripe && { twin: packages.stripe }) };
  const { database } = world;
  const activities = createSettlementDays({ database, gateways });
  const run = <A, T>(activity: (request: A) => Promise<T>, request: A): Promise<T> =>
    new MockActivityEnvironment({}, { logger: QUIET }).run(activity, request);
  const request: DayWorld['request'] = (gateway, day, more = {}) => ({
    gateway,
    day,
    zone: gateway === 'razorpay' ? 'Asia/Kolkata' : 'UTC',
    account: '',
    terms: TERMS satisfies BookTerms,
    requestedBy: 'test',
    fetchId: randomUUID(),
    ...more,
  });
  return {
    ...world,
    ...fakes,
    gateways,
    activities,
    request,
    fetchOnce: (asked) => run(activities.fetchSettlementDay, asked),
    importOnce: (asked) => run(activities.importSettlementDay, asked),
    async fetched(gateway, day, more) {
      const asked = request(gateway, day, more);
      await run(activities.fetchSettlementDay, asked);
      return run(activities.importSettlementDay, asked);
    },
    async lines() {
      const { rows } = await database.pool.query(
        `select line_id, kind, payment_id, reference, order_hint, gross_minor::float8,
           fee_minor::float8, tax_minor::float8, net_minor::float8, currency,
           customer_minor::float8, customer_currency, payout_id, day::text
         from settlement_lines order by line_id`,
      );
      return rows as StoredLine[];
    },
    async imports() {
      const { rows } = await database.pool.query(
        `select lines, new_lines as "newLines", first_day::text as "firstDay",
           last_day::text as "lastDay" from settlement_imports order by id`,
      );
      return rows;
    },
    async state(gateway, day) {
      const [found] = await listDays(database, { gateway, day, limit: 1 });
      return found;
    },
    async close() {
      await fakes.stripe.close();
      fakes.razorpay.close();
      await world.close();
    },
  };
}
