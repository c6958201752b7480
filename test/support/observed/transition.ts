/**
 * Stands in for the state machine in a bundle that is only replayed: it is the same one, and tells what
 * the order has come to at each of its turns. It must change nothing.
 */
import { proxySinks } from '@temporalio/workflow';
import { copyOf } from '../../../src/domain/copy.ts';
import { isBusinessEffect } from '../../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { stateOf } from '../../../src/domain/sums.ts';
import { TABLE } from '../../../src/domain/table.ts';
import { type Result, applyTo as unobserved } from '../../../src/domain/transition.ts';
import type { ObservationSinks } from './histories.ts';

const { observation } = proxySinks<ObservationSinks>();

let rows: string[] = [];
for (const [row, cells] of Object.entries(TABLE))
  Object.defineProperty(TABLE, row, {
    get: () => {
      rows.push(row);
      return cells;
    },
  });

export function applyTo(ledger: Ledger, event: DomainEvent): Result {
  const before = copyOf(ledger);
  rows = [];
  const result = unobserved(ledger, event);
  observation.saw([
    ...rows.map((row) => `row ${row}`),
    ...movement(before, ledger),
    ...decisions(before, ledger),
    ...happening(before, event),
  ]);
  return result;
}

function movement(before: Ledger, after: Ledger): string[] {
  const [from, to] = [stateOf(before), stateOf(after)];
  return [`state ${to}`, ...(from === to ? [] : [`${from} → ${to}`])];
}

function decisions(before: Ledger, after: Ledger): string[] {
  return after.reviews.flatMap(({ reason, status }, i) =>
    before.reviews[i]?.status === status ? [] : [`review ${reason} ${status}`],
  );
}

function happening({ effects }: Ledger, event: DomainEvent): string[] {
  if (event.type === 'deadline.reached') return [`deadline ${event.deadline}`];
  if (event.source !== 'effect' || !('key' in event)) return [];
  const command = effects[event.key]?.command;
  if (command === undefined || isBusinessEffect(command)) return [];
  return [`${command.effect} ${event.type.slice('effect.'.length)}`];
}
