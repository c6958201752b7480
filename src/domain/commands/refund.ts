/**
 * Refunds that we ask for. A request reserves its amount from the moment it is made until its refund
 * has ended, so two requests can never promise the same money.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import {
  type Context,
  fromGateway,
  isWorthRecording,
  keyFor,
  record,
  type Verdict,
} from '../context.ts';
import type { Refusal } from '../events.ts';
import { applyOwnRefund } from '../facts/apply-fact.ts';
import type { RefundSnapshot } from '../facts/facts.ts';
import { namesOf } from '../facts/gateway-ids.ts';
import { acceptRequest } from '../facts/refunds.ts';
import type { Ledger, RefundRequest, WaitingCommand } from '../ledger.ts';
import { indexOf, putRefundRequest } from '../ledger-index.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import {
  isDisputed,
  refundableByGatewayMinor,
  refundableMinor,
  refundedMinor,
  reservedMinor,
  toReturnMinor,
} from '../sums.ts';
import type { RowOf } from '../table.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait } from './waiting.ts';

export function refund(context: Context, command: CommandOf<'refund'>): Verdict | null {
  const { ledger } = context;
  const { requestKey } = command;
  // The names that every object has are taken as well, by no request.
  if (ledger.refundRequests[requestKey] !== undefined) return refundAgain(context, command);
  const refundable = refundableMinor(ledger);
  const amountMinor = command.amountMinor ?? refundable;
  const instruction = { requestKey, amountMinor, reason: command.reason ?? null };
  return applyRow(context, refundRow(ledger, amountMinor, refundable), {
    cause: command.id,
    caller: { command, answer: { requestKey } },
    refusal: () =>
      isOverLimit(ledger, amountMinor, command.limitMinor)
        ? rejected('refund_over_limit')
        : undefined,
    effects: { refund: (starter) => requestRefund(starter, instruction) },
  });
}

/** Counted over the order: several small refunds give back no more than one. */
function isOverLimit(ledger: Ledger, amountMinor: number, limitMinor = Infinity): boolean {
  return refundedMinor(ledger) + reservedMinor(ledger) + amountMinor > limitMinor;
}

function refundRow(
  ledger: Ledger,
  amountMinor: number,
  refundable: number,
): RowOf<'refund.requested'> {
  if (isDisputed(ledger)) return 'refund.requested.disputed';
  const fits = amountMinor > 0 && amountMinor <= refundable;
  if (!fits) return 'refund.requested.over';
  const isByHand = amountMinor > refundableByGatewayMinor(ledger);
  return isByHand ? 'refund.requested.by_hand' : 'refund.requested';
}

function refundAgain(context: Context, command: CommandOf<'refund'>): Verdict | null {
  const { requestKey } = command;
  const allocations = allocationsOf(context.ledger, requestKey);
  const totalMinor = allocations.reduce((total, allocation) => total + allocation.amountMinor, 0);
  const isOther = command.amountMinor !== undefined && command.amountMinor !== totalMinor;
  if (allocations.length === 0 || isOther) return rejected('idempotency_key_reused');
  if (isUnderWay(context, allocations)) return wait(context, command, { requestKey }, true);
  if (isRefused(allocations)) return refusedVerdict(allocations);
  if (allocations.some(({ status }) => status === 'requested'))
    return { ...UNSETTLED, outcome: 'duplicate', answer: { requestKey, ...UNSETTLED.answer } };
  const reason = 'refunded under this key already';
  return { outcome: 'duplicate', reason, answer: { requestKey } };
}

/** Refunds of one request, in the order in which they were begun. */
function allocationsOf(ledger: Ledger, parentKey: string): RefundRequest[] {
  const requestKeys = indexOf(ledger).requestsByParent.get(parentKey) ?? [];
  return [...requestKeys].flatMap((requestKey) => ledger.refundRequests[requestKey] ?? []);
}

/** Did the gateway refuse all of it? Where a part went back, the parts say which. */
function isRefused(allocations: readonly RefundRequest[]): boolean {
  return allocations.every(({ status }) => status === 'refused');
}

function refusedVerdict(allocations: readonly RefundRequest[]): Verdict {
  const { refusal } = allocations.findLast((allocation) => allocation.refusal !== undefined) ?? {};
  return {
    outcome: 'rejected',
    reason: `the gateway refused: ${refusal ?? 'no reason is kept'}`,
    answer: { code: 'refund_refused', ...(refusal === undefined ? {} : { gatewayCode: refusal }) },
  };
}

/** Is the gateway being asked for one of them at this moment? Only then will an answer come. */
function isUnderWay(context: Context, allocations: RefundRequest[]): boolean {
  return allocations.some(
    ({ status, requestKey }) =>
      status === 'requested' &&
      context.ledger.effects[keyFor(context, 'refund_payment', requestKey)] !== undefined,
  );
}

export interface RefundInstruction {
  requestKey: string;
  amountMinor: number;
  reason: string | null;
}

/**
 * Reserves an amount and asks the gateway to refund it, over as many payments as it takes.
 *
 * @param paymentIds in the order in which they are refunded
 */
export function requestRefund(
  starter: EffectStarter,
  instruction: RefundInstruction,
  paymentIds: readonly string[] = Object.keys(starter.ledger.payments),
): void {
  const { ledger } = starter;
  let leftMinor = instruction.amountMinor;
  for (const paymentId of byGatewayFirst(ledger, paymentIds)) {
    const amountMinor = Math.min(leftMinor, refundableMinor(ledger, paymentId));
    if (amountMinor <= 0) continue;
    leftMinor -= amountMinor;
    if (promiseByHand(ledger, paymentId, amountMinor)) continue;
    const { currency } = ledger.terms;
    reserve(starter, instruction, { paymentId, amountMinor, currency });
  }
}

/** What a gateway can send back asks nothing of a person. */
function byGatewayFirst({ payments }: Ledger, paymentIds: readonly string[]): string[] {
  const isManual = (id: string): boolean => payments[id]?.manual !== undefined;
  return [...paymentIds.filter((id) => !isManual(id)), ...paymentIds.filter(isManual)];
}

/** What no gateway can send back is a person's to give back. */
function promiseByHand(ledger: Ledger, paymentId: string, amountMinor: number): boolean {
  const payment = ledger.payments[paymentId];
  if (payment?.manual === undefined) return false;
  const before = refundedMinor(ledger, paymentId) + toReturnMinor(ledger, paymentId);
  payment.manual = { ...payment.manual, toReturnMinor: before + amountMinor };
  return true;
}

/** The first allocation keeps the request's key, further ones count up from it. */
export function reserve(
  starter: EffectStarter,
  instruction: Pick<RefundInstruction, 'requestKey' | 'reason'>,
  allocation: { paymentId: string; amountMinor: number; currency: string },
): void {
  const requestKey = freeKey(starter.ledger, instruction.requestKey);
  const request: RefundRequest = {
    ...allocation,
    requestKey,
    status: 'requested',
    refundId: null,
    reason: instruction.reason,
    createdAt: starter.event.at,
    parentKey: instruction.requestKey,
  };
  putRefundRequest(starter.ledger, request);
  askForRefund(starter, request);
}

function freeKey({ refundRequests }: Ledger, base: string): string {
  let key = base;
  for (let number = 2; refundRequests[key] !== undefined; number += 1) key = `${base}.${number}`;
  return key;
}

export function askForRefund(starter: EffectStarter, request: RefundRequest): void {
  const { requestKey, paymentId, amountMinor, currency } = request;
  const key = keyFor(starter, 'refund_payment', requestKey);
  const payment = starter.ledger.payments[paymentId];
  starter.start({
    ...{ effect: 'refund_payment', key, paymentId, requestKey, amountMinor, currency },
    ...(payment && namesOf(payment)),
  });
}

export function takeRefund(context: Context, refund: RefundSnapshot, requestKey: string): void {
  const { refundId, paymentId, amountMinor, currency, status } = refund;
  const { ledger } = context;
  const request = ledger.refundRequests[requestKey];
  if (request !== undefined) {
    relinkRefund(ledger, refundId);
    acceptRequest(ledger, request, refundId);
  }
  const type = `refund.${status}` as const;
  const verdict = applyOwnRefund(context, { type, paymentId, refundId, amountMinor, currency });
  if (isWorthRecording(verdict))
    record(context, verdict, { source: 'gateway', type, eventId: context.event.id });
  answerRefunds(context, requestKey, { outcome: 'applied', reason: `${refundId} is ${status}` });
}

/** Of two equal requests the webhook may have been laid to the wrong one: that one is open again. */
function relinkRefund(ledger: Ledger, refundId: string): void {
  for (const key of [...(indexOf(ledger).requestsByRefund.get(refundId) ?? [])]) {
    const other = ledger.refundRequests[key];
    if (other !== undefined)
      putRefundRequest(ledger, { ...other, status: 'requested', refundId: null });
  }
}

export function refuseRefund(
  context: Context,
  requestKey: string,
  { code, isOutdated = false }: Refusal,
): void {
  const { ledger } = context;
  const request = ledger.refundRequests[requestKey];
  const cause = `request:${requestKey}`;
  const isExplained = isOutdated && isAwaited(ledger, requestKey);
  applyRow(context, isExplained ? 'refund.refused.explained' : 'refund.refused', {
    cause,
    evolve: () => {
      if (request !== undefined)
        putRefundRequest(ledger, { ...request, status: 'refused', refusal: code });
    },
    reason: isExplained ? `refused: ${code}, the gateway is asked` : `refund_failed: ${code}`,
    origin: fromGateway(context, 'refund_payment.refused'),
  });
  // It was refunded elsewhere, and its webhook has not arrived.
  if (isOutdated)
    applyRow(context, 'refund.refused.outdated', { cause, effects: { fetch: askGateway } });
  answerRefunds(context, requestKey, { outcome: 'applied', reason: `refused: ${code}` });
}

/** Is there a waiting caller whom the refusal answers? */
function isAwaited(ledger: Ledger, requestKey: string): boolean {
  const asked = parentKeyOf(ledger, requestKey);
  return ledger.waiting.some(waitsFor(asked));
}

/** A capture may have the same key: it is answered by its own end. */
function waitsFor(requestKey: string): (command: WaitingCommand) => boolean {
  return ({ type, answer }) => type === 'refund' && answer.requestKey === requestKey;
}

/** The key that its caller gave, where the request is a part of a refund. */
function parentKeyOf({ refundRequests }: Ledger, requestKey: string): string {
  return refundRequests[requestKey]?.parentKey ?? requestKey;
}

export function refundUnanswered(context: Context, requestKey: string): void {
  answerRefunds(context, requestKey, UNSETTLED);
}

/** One request may be several refunds: its callers are answered after the last of them. */
function answerRefunds(context: Context, requestKey: string, verdict: Verdict): void {
  const asked = parentKeyOf(context.ledger, requestKey);
  const allocations = allocationsOf(context.ledger, asked);
  if (isUnderWay(context, allocations)) return;
  const isSure = allocations.every(({ status }) => status !== 'requested');
  answerWaiting(context, waitsFor(asked), () => {
    if (!isSure) return UNSETTLED;
    return isRefused(allocations) ? refusedVerdict(allocations) : verdict;
  });
}
