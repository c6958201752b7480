/**
 * What a chaos run leaves behind for the checks: logs of what was asked and answered, the gateway's
 * own store, our database, Temporal, and the files of the run. Nothing here judges anything.
 */
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { MemorySample } from './memory.ts';

/** What the driver asks of Payonce; `fuzz` is input that must be refused. */
export type OperationKind =
  | 'create'
  | 'pay'
  | 'verify'
  | 'cancel'
  | 'refund'
  | 'review'
  | 'read'
  | 'fuzz';

/**
 * `invoke` is written before the request leaves. `ok` is a 2xx, `fail` a 4xx: it had no effect.
 * `info` is everything after which nobody knows: a 5xx, a reset, a time-out.
 */
export type OperationPhase = 'invoke' | 'ok' | 'fail' | 'info';

/** One line of the operation log: the first of an operation is its `invoke`, the second its end. */
export interface Operation {
  phase: OperationPhase;
  /** The same on both lines of one request; a retry is another operation. */
  id: string;
  kind: OperationKind;
  orderId: string;
  /** Retries and duplicates of one intention share it. */
  idempotencyKey?: string;
  request: { method: string; path: string; body: unknown };
  /** Absent while invoked, and where no answer came. */
  status?: number;
  /** The problem's code, for an error that Payonce answered. */
  code?: string;
  /** The `Idempotent-Replayed` header was there. */
  replayed?: boolean;
  /** The answer's text as it came. */
  body?: string;
  /** Why no answer came. */
  error?: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt?: number;
}

/** One line of the delivery log: one try to hand one of the gateway's events to an API process. */
export interface Delivery {
  /** The gateway's `webhook-id`. */
  eventId: string;
  orderId: string;
  type: string;
  /** The event's body, as the gateway wrote it. */
  body: string;
  /** Null where no answer came. */
  status: number | null;
  /** The `status` text of a 200: `accepted`, `duplicate`, `ignored` or `parked`. */
  outcome: string | null;
  /** The problem's code, for an error that Payonce answered. */
  code: string | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
}

/** One line of the CRM's own log, written before it answers. */
export interface CrmLine {
  idempotencyKey: string;
  orderId: string;
  type: string;
  body: string;
  /** What it answered. */
  status: number;
  /** Milliseconds since 1970. */
  at: number;
}

export type CanaryPlace = 'logs' | 'database' | 'histories' | 'answers';

/** A secret that the run used; `mayBeIn` names where it belongs, such as an e-mail address in its row. */
export interface Canary {
  name: string;
  text: string;
  mayBeIn: readonly CanaryPlace[];
}

export interface RunSettings {
  seed: number;
  profile: string;
  /** Every order that the driver meant to create. */
  orderIds: readonly string[];
  /** Milliseconds since 1970. */
  startedAt: number;
  /** When an API had a wrong clock, in milliseconds since 1970. */
  clockSkews: readonly { from: number; to: number }[];
  /** Temporal lost every run on the way; those of orders that were at rest are gone. */
  hasLostNamespace: boolean;
  /** When the last fault ended, in milliseconds since 1970. */
  faultsEndedAt: number;
  /** How long after the last fault everything may take to come to rest. */
  drainLimitMs: number;
}

/** All that a run left. Files are JSON lines; everything still runs while it is looked at. */
export interface Evidence {
  settings: RunSettings;
  /** Lines are `Operation`. */
  operationsFile: string;
  /** Lines are `Delivery`. */
  deliveriesFile: string;
  /** Lines are `CrmLine`. */
  crmFile: string;
  /** Payonce's own database, reached directly. */
  database: pg.Pool;
  /** The gateway's API, reached directly and without faults. */
  sandboxUrl: string;
  /** Reached directly. */
  temporal: { client: Client; namespace: string };
  /** Output of every child, from its first start to its last. */
  logFiles: readonly string[];
  /** One `<workflow id>.<run id>.json` for each run, as `historyToJSON` of the SDK writes it. */
  historiesFolder: string;
  /** Of every life of every process. */
  memory: readonly MemorySample[];
  canaries: readonly Canary[];
}

/** An invariant that did not hold; `subject` is the order, key or file it did not hold for. */
export interface Violation {
  invariant: string;
  subject: string;
  detail: string;
}
