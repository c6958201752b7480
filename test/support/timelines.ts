/**
 * What an order shows of itself when something happens to it: its timeline, what it starts, and what has changed
 * in its view. Each of these is read by clients and operators, or is a key that another system keeps.
 */
import { isDeepStrictEqual } from 'node:util';
import type { OutcomeRecord } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import { nextDeadline } from '../../src/domain/schedule/deadlines.ts';
import type { Transition } from '../../src/domain/transition.ts';
import { viewOf } from '../../src/domain/view.ts';
import { SCENES } from './matrix-rows.ts';
import { TERMS } from './order-events.ts';
import { apply, type Happening, ledgerAfter } from './order-story.ts';
import { EDGES } from './timeline-edges.ts';
import { LIVES, type Life } from './timeline-lives.ts';
import { MEETINGS } from './timeline-meetings.ts';

/** Lines by the name of what happens, and for the matrix by the state in which it happens. */
export type Timelines = Record<string, string[]>;

export const TIMELINES_FILE = new URL('../domain/timelines.json', import.meta.url);

/** By name; each is made when it is asked for. */
export const TIMELINES: Record<string, () => string[]> = Object.fromEntries([
  ...Object.entries(SCENES).flatMap(([row, { before, now }]) =>
    Object.entries(before).map(([state, happenings]) => {
      const last = (): Happening => now(state as Parameters<typeof now>[0]);
      return [
        `${row}, ${state}`,
        () => linesOf(...told(ledgerAfter(...happenings), last())),
      ] as const;
    }),
  ),
  ...Object.entries({ ...LIVES, ...MEETINGS, ...EDGES }).map(
    ([name, life]) => [name, () => lineByLine(life)] as const,
  ),
]);

export function timelines(): Timelines {
  return Object.fromEntries(Object.entries(TIMELINES).map(([name, lines]) => [name, lines()]));
}

/** All that happens to an order, from its start, by the name of the situation. */
export function wholeLives(): Record<string, Life> {
  const scenes = Object.entries(SCENES).flatMap(([row, { before, now }]) =>
    Object.entries(before).map(([state, happenings]): [string, Life] => [
      `${row}, ${state}`,
      { before: happenings, now: [now(state as Parameters<typeof now>[0])] },
    ]),
  );
  return { ...Object.fromEntries(scenes), ...LIVES, ...MEETINGS, ...EDGES };
}

function lineByLine({ terms, before, now }: Life): string[] {
  let ledger = before.reduce(
    (changed, happening) => apply(changed, happening).ledger,
    openLedger({ ...TERMS, ...terms }),
  );
  return now.flatMap((happening) => {
    const [before, after] = told(ledger, happening);
    ledger = after.ledger;
    return linesOf(before, after);
  });
}

function told(before: Ledger, happening: Happening): [Ledger, Transition] {
  return [before, apply(before, happening)];
}

function linesOf(before: Ledger, after: Transition): string[] {
  return [
    ...after.records.map(recordLine),
    ...after.effects.map((effect) => `starts ${textOf(effect)}`),
    ...changes(before, after),
  ];
}

function recordLine(record: OutcomeRecord): string {
  const { seq, source, type, eventId, outcome, reason, version, answer } = record;
  const answered = answer === undefined ? '' : ` ${textOf(answer)}`;
  return `${seq}. ${source} ${type} ${eventId}: ${outcome}, ${reason}, version ${version}${answered}`;
}

/** What a client sees change, and when the order wakes up next. */
function changes(before: Ledger, { ledger }: Transition): string[] {
  const was = shown(before);
  return Object.entries(shown(ledger))
    .filter(([name, value]) => !isDeepStrictEqual(value, was[name]))
    .map(([name, value]) => `${name} ${textOf(newIn(value, was[name]))}`);
}

/** Of a list, its entries that are new or have changed. */
function newIn(value: unknown, was: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(was)) return value;
  return value.filter((entry) => !was.some((known) => isDeepStrictEqual(known, entry)));
}

function shown(ledger: Ledger): Record<string, unknown> {
  const view = viewOf(ledger);
  const next = nextDeadline(ledger);
  const wakesUp = next === null ? null : `${next.name} ${new Date(next.at).toISOString()}`;
  // What a review is about is told once, by its causes.
  const causes = ledger.reviews.map((review) => `${review.id} ${review.causes}`);
  return { ...view, causes, access: ledger.access, wakesUp };
}

/** What is there and undefined is seen as well: what is kept as JSON would lose it. */
function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    part === undefined ? 'undefined' : part,
  );
  return text.replaceAll('"', "'");
}
