/**
 * The order's row in the database as src/store/orders/record.ts keeps it: each record is written on top of the one
 * before, or not at all. What was once to be read there is never taken back.
 */

import type { OutcomeRecord } from '../../src/domain/events.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderState } from '../../src/domain/order.ts';
import { stateOf } from '../../src/domain/sums.ts';
import type { OrderRecord } from '../../src/store/orders/record.ts';
import { demand } from '../invariants/demand.ts';
import type { Memory } from './invariants.ts';
import type { World } from './world.ts';

/** A record with what the watcher knew of the life that led to it. */
export interface Written extends OrderRecord {
  memory: Memory;
}

export interface RecordStore {
  /** By sequence number. */
  records: Map<number, OutcomeRecord>;
  /** Where a record that was written has another state than the one before. */
  moves: { version: number; from: OrderState; to: OrderState }[];
  /** What the writer hears; undefined while the database is away, which does not mean that nothing is written. */
  write(record: Written): Ledger | null | undefined;
  read(): Ledger;
  /** What the watcher knew when this revision was written. */
  memoryOf(revision: number): Memory | undefined;
}

interface Row {
  ledger: Ledger;
  revision: number;
  version: number;
  state: OrderState;
}

export function createRecordStore(world: World, first: Ledger): RecordStore {
  const { dice, faults } = world;
  const records: RecordStore['records'] = new Map();
  const moves: RecordStore['moves'] = [];
  const memories = new Map<number, Memory>();
  let row = rowOf(first);

  const write = ({ ledger, records: fresh, known, memory }: Written): Ledger | null => {
    const next = rowOf(ledger);
    if (row.revision > known) return isSame(row, next) ? null : row.ledger;
    checkOrder(row, next);
    if (row.state !== next.state)
      moves.push({ version: next.version, from: row.state, to: next.state });
    row = next;
    memories.set(next.revision, memory);
    for (const record of fresh) keep(records, record);
    demand(records.size === ledger.recorded, 'a record has all its outcomes', () => {
      return `${records.size} of ${ledger.recorded} at revision ${ledger.revision}`;
    });
    return null;
  };

  return {
    records,
    moves,
    read: () => row.ledger,
    memoryOf: (revision) => memories.get(revision),
    write(record) {
      const isAway = faults.on && dice.chance(faults.recordLoss);
      if (isAway && dice.chance(0.5)) return undefined;
      const other = write(record);
      return isAway ? undefined : other;
    },
  };
}

function rowOf(ledger: Ledger): Row {
  const { revision, version } = ledger;
  return { ledger, revision, version, state: stateOf(ledger) };
}

function isSame(row: Row, next: Row): boolean {
  return (
    row.revision === next.revision && JSON.stringify(row.ledger) === JSON.stringify(next.ledger)
  );
}

function checkOrder(before: Row, after: Row): void {
  const rule = 'what was read is never taken back';
  const how = (): string =>
    `revision ${before.revision} → ${after.revision}, ${before.state} v${before.version} → ${after.state} v${after.version}`;
  demand(after.revision >= before.revision && after.version >= before.version, rule, how);
  if (after.version === before.version || after.revision === before.revision)
    demand(after.state === before.state, rule, how);
}

function keep(records: RecordStore['records'], record: OutcomeRecord): void {
  const known = records.get(record.seq);
  demand(
    known === undefined || JSON.stringify(known) === JSON.stringify(record),
    'one outcome under one number',
    () => `${JSON.stringify(known)} then ${JSON.stringify(record)}`,
  );
  records.set(record.seq, known ?? record);
}
