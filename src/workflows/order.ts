/**
 * The order workflow: one run is one order, its workflow ID is the order's ID. Signal handlers only
 * enqueue; one loop takes up one thing at a time, and effects run beside it.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DomainEvent, OutcomeRecord } from '../domain/events.ts';
import { openLedger } from '../domain/ledger.ts';
import { type OrderView, viewOf } from '../domain/view.ts';
import { isAlarmMissing, rungDeadline, setAlarm } from './alarms.ts';
import { type InboxItem, type OrderInput, SIGNALS } from './messages.ts';
import { readSignal } from './read-signal.ts';
import { ledgerFromRecord } from './record.ts';
import { isIdle, isRecordDue, openRun, type Run } from './run.ts';
import { changedAttributes } from './search-attributes.ts';
import { takeStep } from './step.ts';
import { storyOf } from './story.ts';
import { adopt, takeUp } from './take-up.ts';

/** Far below the server's limit of 10,000 signals a run, and few enough to replay in a moment. */
const SIGNALS_PER_RUN = 500;

/** Beyond this multiple a run is continued although effects are under way: they start again by key. */
const HARD_LIMIT_FACTOR = 2;

const orderQuery = defineQuery<OrderView | null>('order');
const timelineQuery = defineQuery<OutcomeRecord[]>('timeline');

export async function order(input: OrderInput): Promise<void> {
  const inbox = input.from === 'carried' ? [...input.inbox] : [];
  const current: { run: Run | null } = { run: null };
  listen(inbox, current);
  const run = await begin(input, inbox);
  current.run = run;
  for (;;) {
    takeUpAll(run);
    await takeStep(run);
    if (hasNews(run) || run.due.length > 0) continue;
    show(run);
    if (run.ledger.closed && isIdle(run)) {
      await condition(allHandlersFinished);
      // No await from here on: the server refuses to close over a signal that arrives now.
      if (isIdle(run)) return;
    }
    if (mustContinue(run, input)) return continueRun(run, input);
    setAlarm(run);
    await condition(() => hasWork(run) || mustContinue(run, input));
  }
}

/** Every handler is set before the first await, so that no signal finds the door closed. */
function listen(inbox: InboxItem[], current: { run: Run | null }): void {
  const enqueue =
    (signal: string) =>
    (payload: unknown): void => {
      inbox.push({ signal, payload });
    };
  for (const [name, description] of Object.entries(SIGNALS))
    setHandler(defineSignal<[unknown]>(name), enqueue(name), { description });
  setDefaultSignalHandler((signal, payload) => enqueue(signal)(payload));
  setHandler(orderQuery, () => (current.run === null ? null : viewOf(current.run.ledger)), {
    description: 'The order as GET /v1/orders/{id} shows it, without what only the database knows.',
  });
  setHandler(timelineQuery, () => current.run?.timeline ?? [], {
    description: 'What happened lately and why, also what was ignored.',
  });
}

async function begin(input: OrderInput, inbox: InboxItem[]): Promise<Run> {
  switch (input.from) {
    case 'start':
      // Its record is the row that the API has inserted before.
      return openRun({ ledger: openLedger(input.terms), inbox });
    case 'record':
      return openRun({ ledger: await ledgerFromRecord(input.orderId), inbox });
    case 'carried':
      return openRun({ ledger: input.ledger, inbox, since: input.since });
  }
}

function hasNews(run: Run): boolean {
  return run.inbox.length > 0 || run.results.length > 0 || run.other !== null;
}

function hasWork(run: Run): boolean {
  return (
    hasNews(run) ||
    run.due.length > 0 ||
    isAlarmMissing(run) ||
    rungDeadline(run) !== null ||
    isRecordDue(run) ||
    (run.ledger.closed && isIdle(run))
  );
}

/** Takes up everything that lies there, results before signals, each on its own. */
function takeUpAll(run: Run): void {
  if (run.other !== null) {
    adopt(run, run.other);
    run.other = null;
  }
  for (;;) {
    const event = nextEvent(run);
    if (event === null) return;
    takeUp(run, event);
  }
}

function nextEvent(run: Run): DomainEvent | null {
  const result = run.results.shift();
  if (result !== undefined) return result;
  const item = run.inbox.shift();
  if (item !== undefined) {
    run.signalsTaken += 1;
    return readSignal(item, Date.now());
  }
  const deadline = rungDeadline(run);
  if (deadline === null) return null;
  run.rungAt = null;
  const { name } = deadline;
  const at = Math.max(Date.now(), deadline.at);
  return {
    type: 'deadline.reached',
    deadline: name,
    id: `${name}-${deadline.at}`,
    source: 'timer',
    at,
  };
}

/** Tells operators, only where something changed: each telling is an event in the history. */
function show(run: Run): void {
  setCurrentDetails(storyOf(run.ledger));
  const changed = changedAttributes(workflowInfo().typedSearchAttributes, run.ledger);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function mustContinue(run: Run, input: OrderInput): boolean {
  const limit = input.signalsPerRun ?? SIGNALS_PER_RUN;
  if (run.signalsTaken >= limit * HARD_LIMIT_FACTOR) return true;
  const isLong = run.signalsTaken >= limit || workflowInfo().continueAsNewSuggested;
  return isLong && run.inFlight.length === 0 && !run.isRecording;
}

async function continueRun(run: Run, { signalsPerRun }: OrderInput): Promise<void> {
  const { ledger, inbox, recorded, journal, unsent } = run;
  await continueAsNew<typeof order>({
    from: 'carried',
    ledger,
    inbox,
    since: { recorded, journal, unsent },
    ...(signalsPerRun === undefined ? {} : { signalsPerRun }),
  });
}
