/**
 * What the bench asks of every side it measures. Each side does the same work over loopback HTTP,
 * and none of them measures itself: latency, CPU time and effects are read from outside.
 */

/** The effects that a paid order has on every side, each one durable row in PostgreSQL. */
export const EFFECTS = ['entitlement', 'invoice', 'ledger'] as const;

export type Effect = (typeof EFFECTS)[number];

/** What is measured, by the names of the command line and of the JSON. */
export const WORKLOADS = ['order', 'storm', 'hot', 'growth', 'open'] as const;

export type Workload = (typeof WORKLOADS)[number];

/** Every order of the bench costs the same. */
export const PRICE = { amountMinor: 4999, currency: 'INR' } as const;

export interface SideOptions {
  /** An empty folder of its own, removed by the bench after `stop`. */
  dataDir: string;
  /**
   * An empty database of its own on the bench's PostgreSQL (fsync on), for the effects and for
   * whatever else this side keeps there.
   */
  databaseUrl: string;
  /** `whsec_…`: what the bench signs its webhooks with, as Standard Webhooks. */
  webhookSecret: string;
  /**
   * The gateway at which a click on the pay button opens one payment, however often it is clicked:
   * `openPayment` of `gateway-client.ts`. It is the same program for every side.
   */
  gatewayUrl: string;
  /** Told about long steps. */
  onProgress(line: string): void;
}

/** One delivery of a webhook: `payment.captured` of an order, signed by the bench. */
export interface Delivery {
  orderId: string;
  /** The gateway's payment, as `pay` gave it. */
  paymentId: string;
  /** The same id is the same event, delivered again. */
  eventId: string;
}

/** What one order has cost its engine, counted from the order's own history. */
export interface History {
  events: number;
  signals: number;
  /**
   * Billable actions: a start, each signal, each activity, each workflow task's group of local
   * activities, each timer and each upsert of search attributes.
   */
  actions: number;
}

/** A side that runs. Every call resolves when the side has answered, and rejects unless it is 2xx. */
export interface RunningSide {
  startOrder(orderId: string): Promise<void>;
  /** One click on the pay button; gives the id of the gateway's payment. */
  pay(orderId: string): Promise<string>;
  /** The gateway's webhook; the bench calls it again and beside itself with the same delivery. */
  deliver(delivery: Delivery): Promise<void>;
  verify(orderId: string): Promise<void>;
  /**
   * For each effect a `select` that gives one row with a column `order_id` for each effect that is
   * durable, on `databaseUrl`. Absent where a side has no effects by its nature; its orders are done
   * when their webhook is answered.
   */
  effectRows?: Readonly<Record<Effect, string>>;
  /** Process ids by role (`server`, `api`, `worker`, …), without PostgreSQL and the bench itself. */
  processes(): Readonly<Record<string, readonly number[]>>;
  /** Absent where a side keeps no history. */
  historyOf?(orderId: string): Promise<History>;
  /** How many calls were answered with 503 so far; the bench has sent them again. */
  refusals?(): number;
  stop(): Promise<void>;
}

export interface Side {
  /** As on the command line and in the JSON. */
  name: string;
  /** As in the table. */
  title: string;
  /** What it is, in one sentence, with how it is configured. */
  description: string;
  /** It comes with a gateway of its own, so `gatewayUrl` is empty. */
  hasOwnGateway?: boolean;
  /** The workloads that mean something here; absent means all. */
  workloads?: readonly Workload[];
  /** Versions by name, for instance `{ '@dbos-inc/dbos-sdk': '5.3.0' }`. */
  versions: Readonly<Record<string, string>>;
  /** Resolves when all of it is ready to take orders. */
  start(options: SideOptions): Promise<RunningSide>;
}
