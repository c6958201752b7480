/**
 * Everything that a run left, read once: the logs, the gateway's truth and the orders as Payonce shows
 * them. Checks compare these with each other, and with the tables behind them.
 */
import {
  groupBy,
  type OrderEvidence,
  type Invariant as OrderInvariant,
  type RecordedOrder,
} from '../../test/invariants/evidence.ts';
import {
  nothingAbout,
  type RecordEvidence,
  readOrderEvidence,
} from '../../test/invariants/from-database.ts';
import type { CrmLine, Delivery, Evidence, Operation, Violation } from '../evidence.ts';
import { readJsonLines } from '../json-lines.ts';
import { type GatewayTruth, readGatewayTruth } from './gateway-truth.ts';

export interface Remains {
  evidence: Evidence;
  /** The end of every operation; one whose end was never written is as unknown as any `info`. */
  operations: readonly Operation[];
  deliveries: readonly Delivery[];
  crm: readonly CrmLine[];
  gateway: GatewayTruth;
  /** Of every order that anything is known of. */
  orderEvidence: readonly OrderEvidence[];
  orders: ReadonlyMap<string, RecordedOrder>;
}

/** What must hold after every run, and the check that finds where it did not. */
export interface Invariant {
  name: string;
  check(remains: Remains): readonly Violation[] | Promise<readonly Violation[]>;
}

/** One thing that was found wrong; the list of invariants puts its name to it. */
export function wrong(subject: string, detail: string): Violation {
  return { invariant: '', subject, detail };
}

/** What holds for every order, as a check of the run. */
export function ofEachOrder({ name, check }: OrderInvariant): Invariant {
  return {
    name,
    check: ({ orderEvidence }) =>
      orderEvidence.flatMap((evidence) =>
        check(evidence).map(({ subject, detail }) => wrong(subject, detail)),
      ),
  };
}

export async function readRemains(evidence: Evidence): Promise<Remains> {
  const { operationsFile, deliveriesFile, crmFile, sandboxUrl, database } = evidence;
  const [lines, deliveries, crm, gateway, records] = await Promise.all([
    readJsonLines<Operation>(operationsFile),
    readJsonLines<Delivery>(deliveriesFile),
    readJsonLines<CrmLine>(crmFile),
    readGatewayTruth(sandboxUrl),
    readOrderEvidence(database),
  ]);
  const orders = new Map(
    records.flatMap(({ orderId, order }) => (order === null ? [] : [[orderId, order] as const])),
  );
  const orderEvidence = evidenceOfOrders(records, crm, gateway);
  return { evidence, operations: endsOf(lines), deliveries, crm, gateway, orderEvidence, orders };
}

function endsOf(lines: readonly Operation[]): Operation[] {
  const ends = new Map<string, Operation>();
  for (const line of lines) {
    if (line.phase !== 'invoke') ends.set(line.id, line);
    else if (!ends.has(line.id)) ends.set(line.id, { ...line, phase: 'info' });
  }
  return [...ends.values()];
}

/** The gateway of a chaos run has no other users, so every payment there is ours. */
function evidenceOfOrders(
  records: readonly RecordEvidence[],
  crm: readonly CrmLine[],
  { payments }: GatewayTruth,
): OrderEvidence[] {
  const known = new Map(records.map((record) => [record.orderId, record]));
  const requests = groupBy(crm, ({ orderId }) => orderId);
  const charged = groupBy(payments, ({ orderId }) => orderId ?? '');
  const ids = [...new Set([...known.keys(), ...requests.keys(), ...charged.keys()])];
  return ids.map((orderId) => ({
    ...(known.get(orderId) ?? nothingAbout(orderId)),
    payments: (charged.get(orderId) ?? []).map((payment) => ({ ...payment, isOurs: true })),
    crm: (requests.get(orderId) ?? []).map(({ idempotencyKey, type, body, status }) => ({
      key: idempotencyKey,
      type,
      body,
      isTaken: status >= 200 && status < 300,
    })),
  }));
}
