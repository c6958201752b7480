/**
 * Single things that people do with an order, each as often and as much at once as people really do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderState } from '../src/domain/order.ts';
import type { OrderView } from '../src/domain/view.ts';
import type { Answer, Ask, Caller } from './caller.ts';
import type { Customer } from './customer.ts';
import type { Random } from './random.ts';
import type { Relay } from './relay.ts';

export interface PlannedOrder {
  id: string;
  amount: number;
  currency: string;
  email: string;
  expiresIn?: number;
  /** Created by the API that closes orders early. */
  isClosedSoon?: true;
  /** How often it is started and paid at once; five and three times by default. */
  starts?: number;
  clicks?: number;
}

/** Somebody waited for something: for the figure of how long orders take to move again. */
export interface Wait {
  orderId: string;
  from: number;
  to: number;
}

/** Who and what is around one order. */
export interface Act {
  order: PlannedOrder;
  random: Random;
  caller: Caller;
  customer: Customer;
  relay: Relay;
  /** Aborted when nothing is waited for any longer. */
  signal: AbortSignal;
  waited(wait: Wait): void;
  isClosed(orderId: string): Promise<boolean>;
  /** An operator has asked to cancel its order in Temporal: it need not go as its people want it to. */
  isCancelledByHand(): boolean;
  pause(ms: number): Promise<void>;
  cancel(): Promise<Answer>;
  decide(decision: 'approve' | 'reject'): Promise<void>;
}

const STARTS = 5;
const CLICKS = 3;
const REFUND_REPEATS = 5;
const GLANCE_MS = 1_000;
const MAX_GLANCE_MS = 4_000;
const LOOKS_A_VERIFY = 2;
/** An order that has closed by then has met no fault on its way; the others are looked at no longer. */
const CLOSING_PATIENCE_MS = 40_000;

const keyOf = (...parts: readonly unknown[]): string => `chaos-${parts.join('-')}`;

export async function createFiveTimes({ order, caller, random }: Act): Promise<void> {
  const { id, amount, currency, email, expiresIn, isClosedSoon, starts = STARTS } = order;
  const body = {
    id,
    amount,
    currency,
    gateway: 'sandbox',
    customer: { id: `cus_${id}`, email },
    ...(expiresIn === undefined ? {} : { expiresIn }),
  };
  const create: Ask = { kind: 'create', orderId: id, method: 'POST', path: '/v1/orders', body };
  if (isClosedSoon) await caller.insist({ ...create, isClosedSoon });
  const keyed = { idempotencyKey: keyOf('create', id) };
  await Promise.all(
    Array.from({ length: starts }, (_, start) =>
      persist(caller, start < STARTS, {
        ...create,
        // One that insists has the key, on whom those that do not may rely.
        ...(start === 0 || random.chance(0.4) ? keyed : {}),
      }),
    ),
  );
}

/** Of very many, most are left to the others of the same key when they fail. */
function persist(caller: Caller, isPersistent: boolean, ask: Ask): Promise<Answer> {
  return isPersistent ? caller.insist(ask) : caller.ask(ask);
}

/**
 * Three clicks, two of them of one impatient finger.
 *
 * @returns the payment that is not `before`; null when every click was refused
 */
export async function payThrice(act: Act, before: readonly string[] = []): Promise<string | null> {
  const { order, caller } = act;
  const { clicks = CLICKS } = order;
  const clickOf = (finger: number): Ask => ({
    kind: 'pay',
    orderId: order.id,
    method: 'POST',
    body: {},
    path: `/v1/orders/${order.id}/payments`,
    idempotencyKey: keyOf('pay', order.id, before.length, finger),
  });
  const answers = await Promise.all(
    Array.from({ length: clicks }, (_, click) =>
      persist(caller, click < CLICKS, clickOf(Math.max(1, click % CLICKS))),
    ),
  );
  if (answers.every(({ phase }) => phase === 'fail')) return null;
  for (;;) {
    const { payments = [], state } = (await readOrder(act)) ?? {};
    const found = payments.findLast(({ id }) => id !== null && !before.includes(id))?.id;
    if (found) return found;
    // A click that was only taken up may yet be refused.
    const isRefused = state === 'failed' && (await caller.insist(clickOf(1))).phase === 'fail';
    if (isRefused && payments.length === before.length) return null;
    await glance(act);
  }
}

/** The money is taken while the customer's browser comes back and asks, twice. */
export async function capture(act: Act, paymentId: string): Promise<void> {
  const { order, caller, customer, random } = act;
  const verify: Ask = {
    kind: 'verify',
    orderId: order.id,
    method: 'POST',
    path: `/v1/orders/${order.id}/verify`,
    body: { paymentId },
  };
  const half = Math.floor(order.amount / 2);
  const inParts = async () => {
    await customer.act(paymentId, 'capture', { amount: half });
    await customer.act(paymentId, 'capture');
  };
  await Promise.all([
    random.chance(0.15) ? inParts() : customer.act(paymentId, 'capture'),
    caller.insist(verify),
    caller.insist({ ...verify, idempotencyKey: keyOf('verify', paymentId) }),
  ]);
}

export async function refundFiveTimes(act: Act, amount: number | undefined): Promise<void> {
  const { order, caller } = act;
  const refund: Ask = {
    kind: 'refund',
    orderId: order.id,
    method: 'POST',
    path: `/v1/orders/${order.id}/refunds`,
    body: amount === undefined ? {} : { amount },
    idempotencyKey: keyOf('refund', order.id, amount ?? 'rest'),
  };
  await Promise.all(Array.from({ length: REFUND_REPEATS }, () => caller.insist(refund)));
}

/** @returns false when it was not in one of the states before everybody stopped waiting, or had no more reason */
export async function untilState(
  act: Act,
  states: readonly OrderState[],
  isInVain: (order: OrderView) => boolean = () => false,
): Promise<boolean> {
  const from = Date.now();
  let pauseMs = GLANCE_MS;
  for (let looks = 1; ; looks += 1) {
    const order = await readOrder(act);
    if (order && states.includes(order.state)) {
      act.waited({ orderId: order.id, from, to: Date.now() });
      return true;
    }
    if (act.signal.aborted || act.isCancelledByHand() || (order && isInVain(order))) return false;
    // A browser asks, and the gateway is asked with it.
    if (looks % LOOKS_A_VERIFY === 0) await askToVerify(act);
    await act.pause(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, MAX_GLANCE_MS);
  }
}

function askToVerify({ order, caller }: Act): Promise<Answer> {
  const path = `/v1/orders/${order.id}/verify`;
  return caller.ask({ kind: 'verify', orderId: order.id, method: 'POST', path, body: {} });
}

export async function untilClosed(act: Act): Promise<void> {
  const giveUpAt = Date.now() + CLOSING_PATIENCE_MS;
  while (Date.now() < giveUpAt && !(await act.isClosed(act.order.id))) await glance(act);
}

/** @returns null when nobody could say */
export async function readOrder({ order, caller }: Act): Promise<OrderView | null> {
  const path = `/v1/orders/${order.id}`;
  const answer = await caller.ask({ kind: 'read', orderId: order.id, method: 'GET', path });
  return answer.phase === 'ok' ? (answer.body as OrderView) : null;
}

/** @throws Error when nothing is waited for any longer, which ends the life where it stands */
async function glance(act: Act): Promise<void> {
  if (act.signal.aborted) throw new Error(`${act.order.id} stood still when the run ended`);
  if (act.isCancelledByHand()) throw new Error(`${act.order.id} was cancelled in Temporal`);
  await act.pause(MAX_GLANCE_MS / 2);
}

type ActParts = Omit<Act, 'pause' | 'cancel' | 'decide'>;

export function createAct(parts: ActParts): Act {
  const { order, caller, signal } = parts;
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  const act: Act = {
    ...parts,
    pause,
    cancel: () =>
      caller.insist({
        kind: 'cancel',
        orderId: order.id,
        method: 'POST',
        body: {},
        path: `/v1/orders/${order.id}/cancel`,
      }),
    decide: async (decision) => {
      for (;;) {
        const review = (await readOrder(act))?.reviews.find(({ status }) => status === 'open');
        if (review === undefined) {
          await glance(act);
          continue;
        }
        const { id, version } = review;
        const answer = await caller.insist({
          kind: 'review',
          orderId: order.id,
          method: 'POST',
          path: `/v1/orders/${order.id}/reviews/${id}`,
          body: { decision, version, note: 'decided by the chaos run' },
        });
        if (answer.code !== 'review_stale') return;
      }
    },
  };
  return act;
}
