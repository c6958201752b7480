/**
 * What the simulated gateway does when it is called. A key is remembered for a day, as at the most
 * forgetful of real gateways, and then makes something new: the order must never get that far.
 */
import type { Answer, Effect, GatewayCall } from '../../src/domain/effects/effects.ts';
import { demand } from '../invariants/demand.ts';
import { HOUR_MS } from './agenda.ts';
import {
  type GatewayTruth,
  isOpen,
  leftMinor,
  refundSnapshot,
  snapshotOf,
  type TruePayment,
  untakenMinor,
} from './gateway-truth.ts';
import type { World } from './world.ts';

export const KEY_MEMORY_MS = 24 * HOUR_MS;

export type Said = Answer | { refused: string; isGone?: true; isUnpayable?: true };
type CallOf<T extends Effect['effect']> = Extract<GatewayCall, { effect: T }>;
type Order = Exclude<GatewayCall, CallOf<'fetch_payments'>>;

interface Gateway {
  world: World;
  truth: GatewayTruth;
  memory: Map<string, { content: string; at: number; said: Said }>;
  /** What there may be only one of: a payment for an attempt, a refund for a request. */
  made: Set<string>;
}

const NOT_FOUND: Said = { refused: 'payment_not_found', isGone: true };

export function createGatewayCommands(
  world: World,
  truth: GatewayTruth,
): (command: GatewayCall) => Said {
  const gateway: Gateway = { world, truth, memory: new Map(), made: new Set() };
  return (command) =>
    command.effect === 'fetch_payments' ? fetch(gateway, command) : once(gateway, command);
}

function find({ truth }: Gateway, paymentId: string): TruePayment | undefined {
  return truth.payments.find((payment) => payment.paymentId === paymentId);
}

function once(gateway: Gateway, command: Order): Said {
  const { memory, world } = gateway;
  const { key } = command;
  const content = JSON.stringify(command);
  const known = memory.get(key);
  const now = world.agenda.now();
  if (known !== undefined && now - known.at < KEY_MEMORY_MS) {
    demand(known.content === content, 'one key, one content', () => `${known.content} ${content}`);
    return asOfNow(gateway, command, known.said);
  }
  const said = execute(gateway, command);
  memory.set(key, { content, at: now, said });
  return said;
}

/** Asked to void or capture what is captured by now, the adapters tell the payment as it is. */
function asOfNow(gateway: Gateway, command: Order, said: Said): Said {
  if (command.effect !== 'void_payment' && command.effect !== 'capture_payment') return said;
  const payment = find(gateway, command.paymentId);
  if (payment?.status !== 'captured') return said;
  return { to: command.effect, payment: snapshotOf(payment) };
}

function execute(gateway: Gateway, command: Order): Said {
  const { faults, dice } = gateway.world;
  if (faults.on && dice.chance(faults.callRefusal))
    return command.effect === 'create_payment' && dice.chance(0.5)
      ? { refused: 'amount_too_small', isUnpayable: true }
      : { refused: 'declined' };
  if (command.effect === 'create_payment') return create(gateway, command);
  const payment = find(gateway, command.paymentId);
  if (payment === undefined) return NOT_FOUND;
  switch (command.effect) {
    case 'capture_payment':
      return capture(gateway, command, payment);
    case 'void_payment':
      return endPayment(gateway, payment);
    case 'refund_payment':
      return refund(gateway, command, payment);
  }
}

function create(gateway: Gateway, command: CallOf<'create_payment'>): Said {
  const { truth, world } = gateway;
  const { key, attempt, amountMinor, supersedes } = command;
  for (const earlier of supersedes.map((paymentId) => find(gateway, paymentId))) {
    if (earlier?.status === 'failed') truth.move(earlier, 'voided');
    if (earlier?.status === 'captured' || earlier?.status === 'pending')
      return { to: 'create_payment', payment: snapshotOf(earlier), checkout: {} };
  }
  makeOnly(gateway, 'one payment for one attempt', `attempt ${attempt}`);
  const open = truth.payments.find((one) => one.key !== null && isOpen(one) && !one.hasEnded);
  demand(
    open === undefined || world.isGivenUp,
    'one attempt at a time',
    () => `${open?.paymentId} is open`,
  );
  const { orderId, currency } = world.terms;
  const payment = truth.open({
    orderId,
    amountMinor,
    currency,
    key,
    installation: 'ours',
    isTakenByParts: command.capture === 'manual' && world.terms.manualCapture?.takes === 'parts',
  });
  const checkout = { url: `https://gateway.example/${payment.paymentId}` };
  return { to: 'create_payment', payment: snapshotOf(payment), checkout };
}

function makeOnly({ made }: Gateway, rule: string, what: string): void {
  demand(!made.has(what), rule, () => `a second one for ${what}`);
  made.add(what);
}

function capture(
  gateway: Gateway,
  { amountMinor, requestKey }: CallOf<'capture_payment'>,
  payment: TruePayment,
): Said {
  const untaken = untakenMinor(payment);
  const isWhole = gateway.world.terms.manualCapture?.takes === 'whole';
  if (requestKey !== undefined && isWhole && amountMinor < untaken)
    return { refused: 'capture_in_part' };
  if (payment.status === 'authorized' && amountMinor <= untaken) {
    if (requestKey !== undefined)
      makeOnly(gateway, 'one capture for one request', `capture ${requestKey}`);
    gateway.truth.capture(payment, amountMinor);
  } else if (payment.status !== 'captured') return { refused: `payment_${payment.status}` };
  return { to: 'capture_payment', payment: snapshotOf(payment) };
}

/** Money on its way from a bank cannot be stopped at every gateway. */
function endPayment({ truth, world }: Gateway, payment: TruePayment): Said {
  if (payment.status === 'pending' && world.faults.callRefusal > 0) return { refused: 'in_flight' };
  if (isOpen(payment)) truth.move(payment, 'voided');
  return { to: 'void_payment', payment: snapshotOf(payment) };
}

function refund(
  gateway: Gateway,
  { requestKey, amountMinor }: CallOf<'refund_payment'>,
  payment: TruePayment,
): Said {
  if (amountMinor > leftMinor(payment)) return { refused: 'refund_exceeds_captured' };
  makeOnly(gateway, 'one refund for one request', `request ${requestKey}`);
  const status = gateway.world.dice.pick(['pending', 'succeeded'] as const);
  const made = gateway.truth.refund(payment, amountMinor, status);
  return { to: 'refund_payment', refund: refundSnapshot(payment, made) };
}

function fetch(gateway: Gateway, { paymentIds }: CallOf<'fetch_payments'>): Said {
  const { truth, world } = gateway;
  const found = truth.payments.filter(
    ({ orderId, paymentId }) => orderId === world.terms.orderId || paymentIds.includes(paymentId),
  );
  const missing = paymentIds.filter((paymentId) => find(gateway, paymentId) === undefined);
  return { to: 'fetch_payments', payments: found.map(snapshotOf), missing };
}
