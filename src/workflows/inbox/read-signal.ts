/**
 * Reads what lies in the inbox. Every client of the Temporal server can send a signal, so nothing
 * is believed; what cannot be read becomes an outcome too, never an exception.
 */
import type { ByHand, CommandEvent, DomainEvent, FactEvent, Source } from '../../domain/events.ts';
import {
  CAPTURE_FACTS,
  DISPUTE_FACTS,
  type Fact,
  type GatewayIds,
  LAST_TIME_MS,
  PAYMENT_FACTS,
  REFUND_FACTS,
  REFUSAL_FACTS,
} from '../../domain/facts/facts.ts';
import { UNDECODABLE } from '../../encryption/undecodable.ts';
import type { InboxItem } from './messages.ts';

type Fields = Record<string, unknown>;

const ID_PATTERN = /^[\x21-\x7e]{1,256}$/;
const CURRENCY_PATTERN = /^[A-Z]{3}$/;
const SOURCES: readonly string[] = ['webhook', 'client', 'operator', 'gateway'];
/** Longer texts do not belong into a history. */
const MAX_TEXT_LENGTH = 1_000;
const MAX_NAME_LENGTH = 64;
/** It becomes part of ids. */
const REFERENCE_PATTERN = /^[\x21-\x7e]{1,64}$/;
const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const MANUAL_SHAPE =
  'needs "reference", "method", a positive whole "amountMinor" and the day "on", such as 2026-01-31';

/** @param at epoch milliseconds, when the order takes the signal up */
export function readSignal({ signal, payload }: InboxItem, at: number): DomainEvent {
  const fields = isFields(payload) ? payload : {};
  const id = isId(fields.id) ? fields.id : `${signal}-without-id`;
  const unreadable = (reason: string): DomainEvent => ({
    type: 'unreadable',
    id,
    source: 'operator',
    at,
    reason,
  });
  if (fields[UNDECODABLE] === true)
    return unreadable(`signal ${signal}: the payload cannot be decoded`);
  if (!isFields(payload)) return unreadable(`signal ${signal}: send one JSON object`);
  if (!isId(fields.id))
    return unreadable(`signal ${signal}: "id" must be 1–256 visible characters`);
  const { orderVersion } = fields;
  // One that cannot be read must not pass for none.
  if (orderVersion !== undefined && !isAmount(orderVersion))
    return unreadable(`signal ${signal}: "orderVersion" must be the version of an order`);
  const decidedOn = orderVersion === undefined ? {} : { orderVersion };
  return (
    readBody(signal, fields, { id, at, ...actorIn(fields), ...decidedOn }) ??
    unreadable(`signal ${signal}: ${expected(signal)}`)
  );
}

type Envelope = Pick<FactEvent, 'id' | 'at'> & Pick<CommandEvent, 'actor' | 'orderVersion'>;

function readBody(signal: string, fields: Fields, envelope: Envelope): DomainEvent | null {
  switch (signal) {
    case 'webhook': {
      const fact = readFact(fields.fact);
      return (
        fact && {
          id: envelope.id,
          at: envelope.at,
          source: sourceOf(fields, 'webhook'),
          type: 'fact',
          fact,
        }
      );
    }
    case 'pay':
      return { ...envelope, source: sourceOf(fields, 'client'), type: 'pay' };
    case 'verify':
      return readVerify(fields, envelope);
    case 'sync':
      return {
        ...envelope,
        source: sourceOf(fields, 'operator'),
        type: 'sync',
        ...(fields.wasPutBack === true ? { wasPutBack: true } : {}),
      };
    case 'cancel':
      return {
        ...envelope,
        source: sourceOf(fields, 'client'),
        type: 'cancel',
        ...(isText(fields.reason) ? { reason: fields.reason } : {}),
      };
    case 'refund':
      return readRefund(fields, envelope);
    case 'capture':
      return readCapture(fields, envelope);
    case 'void':
      return {
        ...envelope,
        source: sourceOf(fields, 'operator'),
        type: 'void',
        ...(isText(fields.note) ? { note: fields.note } : {}),
      };
    case 'write_off':
      return readWriteOff(fields, envelope);
    case 'review':
      return readReview(fields, envelope);
    case 'access':
      return readAccess(fields, envelope);
    case 'retry':
    case 'resend':
      if (!isText(fields.key)) return null;
      return {
        ...envelope,
        source: sourceOf(fields, 'operator'),
        type: signal,
        key: fields.key,
        ...(isText(fields.note) ? { note: fields.note } : {}),
      };
    case 'attach':
      return readAttach(fields, envelope);
    case 'manual_payment':
      return readManualPayment(fields, envelope);
    case 'manual_refund':
      return readManualRefund(fields, envelope);
    case 'extend':
      return readExtend(fields, envelope);
    default:
      return null;
  }
}

function readVerify(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { paymentId } = fields;
  if (paymentId !== undefined && !isId(paymentId)) return null;
  const source = sourceOf(fields, 'client');
  return { ...envelope, source, type: 'verify', ...(paymentId === undefined ? {} : { paymentId }) };
}

function readRefund(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { requestKey, amountMinor, reason, limitMinor } = fields;
  if (!isId(requestKey) || (amountMinor !== undefined && !isAmount(amountMinor))) return null;
  // A limit that cannot be read must not pass for none.
  if (limitMinor !== undefined && limitMinor !== 0 && !isAmount(limitMinor)) return null;
  return {
    ...envelope,
    source: sourceOf(fields, 'operator'),
    type: 'refund',
    requestKey,
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(isText(reason) ? { reason } : {}),
    ...(limitMinor === undefined ? {} : { limitMinor }),
  };
}

function readCapture(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { requestKey, amountMinor, note } = fields;
  if (!isId(requestKey) || (amountMinor !== undefined && !isAmount(amountMinor))) return null;
  return {
    ...envelope,
    source: sourceOf(fields, 'operator'),
    type: 'capture',
    requestKey,
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(isText(note) ? { note } : {}),
  };
}

function readWriteOff(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { amountMinor, limitMinor, note } = fields;
  if (!isAmount(amountMinor) || (limitMinor !== 0 && !isAmount(limitMinor))) return null;
  const source = sourceOf(fields, 'operator');
  const why = isText(note) ? { note } : {};
  return { ...envelope, source, type: 'write_off', amountMinor, limitMinor, ...why };
}

function readReview(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { reviewId, decision, version, note } = fields;
  if (!isId(reviewId) || (decision !== 'approve' && decision !== 'reject')) return null;
  if (typeof version !== 'number' || !isText(note)) return null;
  const source = sourceOf(fields, 'operator');
  return { ...envelope, source, type: 'review', reviewId, decision, version, note };
}

function readAccess(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { action, note } = fields;
  if ((action !== 'grant' && action !== 'revoke') || !isText(note)) return null;
  return { ...envelope, source: sourceOf(fields, 'operator'), type: 'access', action, note };
}

function readAttach(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { paymentId, note } = fields;
  if (!isId(paymentId)) return null;
  const source = sourceOf(fields, 'operator');
  return { ...envelope, source, type: 'attach', paymentId, ...(isText(note) ? { note } : {}) };
}

function readByHand({ reference, method, amountMinor, on, note }: Fields): ByHand | null {
  if (!isReference(reference) || !isId(method) || !isAmount(amountMinor)) return null;
  if (typeof on !== 'string' || !DAY_PATTERN.test(on)) return null;
  return { reference, method, amountMinor, on, ...(isText(note) ? { note } : {}) };
}

function readManualPayment(fields: Fields, envelope: Envelope): CommandEvent | null {
  const money = readByHand(fields);
  const source = sourceOf(fields, 'operator');
  return money && { ...envelope, source, type: 'manual_payment', ...money };
}

function readManualRefund(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { paymentId } = fields;
  const money = readByHand(fields);
  if (money === null || (paymentId !== undefined && !isId(paymentId))) return null;
  const source = sourceOf(fields, 'operator');
  const payment = paymentId === undefined ? {} : { paymentId };
  return { ...envelope, source, type: 'manual_refund', ...payment, ...money };
}

function readExtend(fields: Fields, envelope: Envelope): CommandEvent | null {
  const { expiresAt, note } = fields;
  if (!isAmount(expiresAt) || expiresAt > LAST_TIME_MS) return null;
  const source = sourceOf(fields, 'operator');
  return { ...envelope, source, type: 'extend', expiresAt, ...(isText(note) ? { note } : {}) };
}

function readFact(value: unknown): Fact | null {
  if (!isFields(value)) return null;
  const { type, paymentId, captureId, refundId, disputeId, callId, amountMinor, currency } = value;
  if (!isId(paymentId) || !isAmount(amountMinor) || !isCurrency(currency)) return null;
  if (captureId !== undefined && !isId(captureId)) return null;
  const money = { paymentId, amountMinor, currency, ...ownerIn(value) };
  const capture = { ...money, ...(captureId === undefined ? {} : { captureId }) };
  const fee = value.mayIncludeFee === true ? { mayIncludeFee: true } : {};
  if (isOneOf(PAYMENT_FACTS, type)) return { type, ...capture, ...fee };
  if (isOneOf(CAPTURE_FACTS, type)) return { type, ...capture };
  if (isOneOf(REFUND_FACTS, type)) return isId(refundId) ? { type, ...money, refundId } : null;
  if (isOneOf(DISPUTE_FACTS, type))
    return isId(disputeId) ? { type, ...money, disputeId, ...respondByIn(value) } : null;
  if (isOneOf(REFUSAL_FACTS, type)) return isId(callId) ? { type, ...money, callId } : null;
  return null;
}

/** What only webhooks say of the payment that a fact is about. */
function ownerIn({ gatewayIds, madeBy }: Fields): Pick<Fact, 'gatewayIds' | 'madeBy'> {
  const ids = isFields(gatewayIds) ? Object.entries(gatewayIds) : [];
  const isReadable = ids.length > 0 && ids.flat().every(isId);
  return {
    ...(isReadable ? { gatewayIds: Object.fromEntries(ids) as GatewayIds } : {}),
    ...(madeBy === 'ours' || madeBy === 'other' ? { madeBy } : {}),
  };
}

/** A time that cannot be read is none: the dispute itself counts. */
function respondByIn({ respondBy }: Fields): { respondBy?: number } {
  return isAmount(respondBy) && respondBy <= LAST_TIME_MS ? { respondBy } : {};
}

function expected(signal: string): string {
  const shapes: Record<string, string> = {
    webhook: 'needs "fact": {"type", "paymentId", "amountMinor", "currency", …}',
    verify: '"paymentId" must be the gateway\'s id',
    refund: 'needs "requestKey" and a positive whole "amountMinor" where given',
    capture: 'needs "requestKey" and a positive whole "amountMinor" where given',
    write_off: 'needs a positive whole "amountMinor" and a whole "limitMinor"',
    review: 'needs "reviewId", "decision" (approve or reject), "version" and "note"',
    access: 'needs "action" (grant or revoke) and "note"',
    retry: 'needs "key", the effect to try again',
    resend: 'needs "key", the effect whose message is sent again',
    attach: 'needs "paymentId", the gateway\'s id of the payment',
    manual_payment: MANUAL_SHAPE,
    manual_refund: MANUAL_SHAPE,
    extend: 'needs "expiresAt" in milliseconds since 1970',
  };
  return shapes[signal] ?? 'is not known; see the signals that the order offers';
}

/** Who decides, where it says so; a name is short, as it is kept with every outcome. */
function actorIn({ actor }: Fields): Pick<CommandEvent, 'actor'> {
  return isText(actor) && actor.length <= MAX_NAME_LENGTH ? { actor } : {};
}

function sourceOf(fields: Fields, usual: Source): Source {
  return SOURCES.includes(String(fields.source)) ? (fields.source as Source) : usual;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

function isReference(value: unknown): value is string {
  return typeof value === 'string' && REFERENCE_PATTERN.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_LENGTH;
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && CURRENCY_PATTERN.test(value);
}

function isOneOf<T extends string>(known: readonly T[], value: unknown): value is T {
  return (known as readonly unknown[]).includes(value);
}
