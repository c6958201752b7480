/**
 * The order workflow: one run is one order, its workflow ID is the order's ID. Signal handlers only
 * enqueue; one loop applies one event at a time, and effects run in the background.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { OutcomeRecord } from '../domain/events.ts';
import { openLedger } from '../domain/ledger.ts';
import { type OrderView, viewOf } from '../domain/view.ts';
import { applyQueued } from './apply-events.ts';
import { canCarry, carriedFrom, type Limits, mustContinue } from './continuing.ts';
import { changedAttributes } from './details/search-attributes.ts';
import { showDetails } from './details/show-details.ts';
import { endTask, hasBacklog, signalsToApply } from './inbox/backlog.ts';
import { type InboxItem, type OrderInput, SIGNALS } from './inbox/messages.ts';
import { ledgerFromRecord } from './record.ts';
import { hasQueuedEvents, isIdle, isRecordDue, openRun, type Run } from './run.ts';
import { takeStep } from './take-step.ts';
import { startTimer } from './temporal-timers.ts';
import { firedDeadline, isTimerMissing, setTimer } from './timers.ts';

const orderQuery = defineQuery<OrderView | null>('order');
const timelineQuery = defineQuery<OutcomeRecord[]>('timeline');

export async function order(input: OrderInput): Promise<void> {
  const inbox = input.from === 'carried' ? [...input.inbox] : [];
  const current: { run: Run | null } = { run: null };
  listen(inbox, current);
  const run = await begin(input, inbox);
  current.run = run;
  for (;;) {
    const isBacklog = hasBacklog(run);
    applyQueued(run, Date.now(), signalsToApply(isBacklog));
    await takeStep(run);
    if (isBacklog) {
      if (mustContinue(run, limitsOf(input)) && canCarry(run)) return continueRun(run, input);
      await endTask();
    }
    if (hasQueuedEvents(run) || run.due.length > 0) continue;
    show(run);
    if (run.ledger.closed && isIdle(run)) {
      await condition(allHandlersFinished);
      // No await from here on: the server refuses to close over a signal that arrives now.
      if (isIdle(run)) return;
    }
    if (mustContinue(run, limitsOf(input))) return continueRun(run, input);
    setTimer(run, Date.now(), (deadline) => startTimer(run, deadline));
    await condition(() => hasWork(run) || mustContinue(run, limitsOf(input)));
  }
}

/** Every handler is set before the first await, so that no signal is lost. */
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

function hasWork(run: Run): boolean {
  return (
    hasQueuedEvents(run) ||
    run.due.length > 0 ||
    isTimerMissing(run) ||
    firedDeadline(run) !== null ||
    isRecordDue(run) ||
    (run.ledger.closed && isIdle(run))
  );
}

/** Shows operators what changed, and only that: each update is an event in the history. */
function show(run: Run): void {
  showDetails(run);
  const changed = changedAttributes(workflowInfo().typedSearchAttributes, run.ledger);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function limitsOf({ signalsPerRun }: OrderInput): Limits {
  return { signalsPerRun, isSuggested: workflowInfo().continueAsNewSuggested };
}

async function continueRun(run: Run, { signalsPerRun }: OrderInput): Promise<void> {
  const options = signalsPerRun === undefined ? {} : { signalsPerRun };
  await continueAsNew<typeof order>({ ...carriedFrom(run), ...options });
}
