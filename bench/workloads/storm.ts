/**
 * Everybody repeats: each order is started 5 times and paid 5 times, its event is delivered 50 times
 * and 20 verifies come, in random order, by several senders at once. Deliveries are counted.
 */
import { performance } from 'node:perf_hooks';
import { closedLoop, type LoopPlan } from '../measuring/closed-loop.ts';
import { createCpuMeter } from '../measuring/resources.ts';
import { resultOf, type WorkloadResult } from '../result.ts';
import type { Session } from '../session.ts';
import { settledHistory } from '../settled-history.ts';

const STARTS = 5;
const CLICKS = 5;
const DELIVERIES = 50;
const VERIFIES = 20;

/** As many calls of one order are in flight at once; so many fewer orders are. */
const SENDERS_PER_ORDER = 8;

/** What was answered while it was measured; a storm may have begun before, and end later. */
interface Answers {
  isMeasured: boolean;
  acksMs: number[];
}

/** `perSecond` are deliveries; `cpuMs` is of one order. */
export async function measureStorm(session: Session, plan: LoopPlan): Promise<WorkloadResult> {
  const cpu = createCpuMeter(session.roles);
  const answers: Answers = { isMeasured: false, acksMs: [] };
  const meter = {
    begin: () => {
      cpu.begin();
      answers.isMeasured = true;
    },
    end: () => {
      answers.isMeasured = false;
      cpu.end();
    },
  };
  const inFlight = Math.max(1, Math.floor(plan.inFlight / SENDERS_PER_ORDER));
  let lastOrderId: string | undefined;
  const { elapsedMs, total } = await closedLoop({ ...plan, inFlight }, meter, async () => {
    lastOrderId = await stormAnOrder(session, answers);
  });
  session.notePaid(total);
  await session.expectExactlyOnce();
  const { acksMs } = answers;
  return resultOf({
    units: acksMs.length,
    elapsedMs,
    latenciesMs: acksMs,
    acksMs,
    cpuMs: cpu.perUnit(acksMs.length / DELIVERIES),
    history: await settledHistory(session.side, lastOrderId),
  });
}

async function stormAnOrder(
  { side, effects, nextOrderId }: Session,
  answers: Answers,
): Promise<string> {
  const orderId = nextOrderId();
  await together(STARTS, () => side.startOrder(orderId));
  const [paymentId = ''] = await together(CLICKS, () => side.pay(orderId));
  const delivery = { orderId, paymentId, eventId: `evt_${orderId}` };
  const deliver = async () => {
    const startedAt = performance.now();
    await side.deliver(delivery);
    if (answers.isMeasured) answers.acksMs.push(performance.now() - startedAt);
  };
  const verify = () => side.verify(orderId);
  const calls = [...times(DELIVERIES, deliver), ...times(VERIFIES, verify)];
  await sendAll(shuffled(calls));
  await effects.untilDone(orderId);
  return orderId;
}

type Call = () => Promise<void>;

async function sendAll(calls: Call[]): Promise<void> {
  await together(SENDERS_PER_ORDER, async () => {
    for (let call = calls.pop(); call !== undefined; call = calls.pop()) await call();
  });
}

function together<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, call));
}

function times(count: number, call: Call): Call[] {
  return Array.from({ length: count }, () => call);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
