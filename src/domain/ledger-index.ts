/**
 * What a ledger's lists add up to, kept up to date entry by entry: an order may have thousands of captures,
 * and an event must not cost more the more there are. The index is derived. It is never stored, is built
 * when a ledger is first asked for it, and equals at all times what the entries themselves add up to: the
 * share of an entry is taken out before the entry is replaced and counted in again afterwards, so that a
 * repeat cannot shift a total. The functions here are the only ones that write the lists.
 */
import type { Effect } from './effects/effects.ts';
import {
  type Capture,
  type Dispute,
  type EffectEntry,
  type Ledger,
  type Refund,
  type RefundRequest,
  type Review,
  standingMinor,
} from './ledger.ts';
import type { ReviewReason } from './reviews/reasons.ts';

/** Sums over the entries of one payment, in minor units of the order's currency. */
export interface PaymentSums {
  /** Captured and not reversed. */
  standingMinor: number;
  /** Paid to the gateway on top of captures that stand. */
  feeMinor: number;
  /** Refunds that succeeded. */
  refundedMinor: number;
  /** Chargebacks that were lost. */
  lostMinor: number;
  /** Refunds that are requested or pending. */
  reservedMinor: number;
  /** Number of captures that were seen. */
  captured: number;
  refundIds: Set<string>;
  disputeIds: Set<string>;
}

/** Sums over all payments; refunds and losses count only where the payment was captured. */
export interface Totals {
  capturedMinor: number;
  feeMinor: number;
  refundedMinor: number;
  lostMinor: number;
  reservedMinor: number;
}

/** Ids whose entries changed since the books, or the CRM, were last brought up to date. */
export interface Unposted {
  captures: Set<string>;
  refunds: Set<string>;
  disputes: Set<string>;
}

export interface LedgerIndex {
  payments: Map<string, PaymentSums>;
  totals: Totals;
  unposted: Unposted;
  untold: Pick<Unposted, 'refunds' | 'disputes'>;
  /** Refunds that may need a credit note. */
  uncredited: Set<string>;
  pendingRefunds: Set<string>;
  openDisputes: Set<string>;
  requestsByParent: Map<string, Set<string>>;
  requestsByRefund: Map<string, Set<string>>;
  openRequests: Set<string>;
  pendingEffects: Map<string, Effect>;
  /** Pending effects by the key of the effect that they wait for. */
  followers: Map<string, Set<string>>;
  lastCrmKey: string | undefined;
  /** Causes of each review, by its id, and of all reviews for one reason. */
  causes: Map<string, Set<string>>;
  causesByReason: Map<ReviewReason, Set<string>>;
  /** Where an id or key stands in its list: what is done for several is done in the list's order. */
  positions: Map<string, number>;
  nextPosition: number;
}

const indexes = new WeakMap<Ledger, LedgerIndex>();

export function indexOf(ledger: Ledger): LedgerIndex {
  const known = indexes.get(ledger);
  if (known !== undefined) return known;
  const built = build(ledger);
  indexes.set(ledger, built);
  return built;
}

/** Null for a payment without any captures, refunds or disputes. */
export function sumsOf(ledger: Ledger, paymentId: string): PaymentSums | null {
  return indexOf(ledger).payments.get(paymentId) ?? null;
}

export function putCapture(ledger: Ledger, capture: Capture): void {
  const index = indexOf(ledger);
  const { captureId } = capture;
  const before = ledger.captures[captureId];
  if (before !== undefined) countCapture(index, before, -1);
  entriesOf(ledger.captures)[captureId] = capture;
  countCapture(index, capture, 1);
}

export function putRefund(ledger: Ledger, refund: Refund): void {
  const index = indexOf(ledger);
  const { refundId } = refund;
  const before = ledger.refunds[refundId];
  if (before !== undefined) countRefund(index, ledger, before, -1);
  entriesOf(ledger.refunds)[refundId] = refund;
  countRefund(index, ledger, refund, 1);
}

export function putDispute(ledger: Ledger, dispute: Dispute): void {
  const index = indexOf(ledger);
  const { disputeId } = dispute;
  const before = ledger.disputes[disputeId];
  if (before !== undefined) countDispute(index, ledger, before, -1);
  entriesOf(ledger.disputes)[disputeId] = dispute;
  countDispute(index, ledger, dispute, 1);
}

export function putRefundRequest(ledger: Ledger, request: RefundRequest): void {
  const index = indexOf(ledger);
  const { requestKey } = request;
  const before = ledger.refundRequests[requestKey];
  if (before !== undefined) countRequest(index, ledger, before, -1);
  entriesOf(ledger.refundRequests)[requestKey] = request;
  countRequest(index, ledger, request, 1);
}

export function putEffect(ledger: Ledger, entry: EffectEntry): void {
  const index = indexOf(ledger);
  entriesOf(ledger.effects)[entry.command.key] = entry;
  countEffect(index, entry, 1);
}

export function removeEffect(ledger: Ledger, key: string): void {
  const entry = ledger.effects[key];
  if (entry === undefined) return;
  const index = indexOf(ledger);
  countEffect(index, entry, -1);
  // Put in again, it stands at the end of its list.
  index.positions.delete(positionKey('effect', key));
  delete entriesOf(ledger.effects)[key];
}

export function putReview(ledger: Ledger, review: Review): void {
  const index = indexOf(ledger);
  ledger.reviews.push(review);
  for (const cause of review.causes) countCause(index, review, cause);
}

/** False when the review has the cause already. */
export function addCause(ledger: Ledger, review: Review, cause: string): boolean {
  const index = indexOf(ledger);
  if (index.causes.get(review.id)?.has(cause)) return false;
  review.causes.push(cause);
  countCause(index, review, cause);
  return true;
}

/** Ids or keys of one list, in the order in which its entries were added. */
export function inListOrder(
  { positions }: LedgerIndex,
  list: List,
  ids: Iterable<string>,
): string[] {
  const at = (id: string): number => positions.get(positionKey(list, id)) ?? 0;
  return [...ids].sort((a, b) => at(a) - at(b));
}

/** What has changed since the last time, in the order of its list; the next time begins with nothing. */
export function takeChanged(index: LedgerIndex, list: List, ids: Set<string>): string[] {
  const changed = inListOrder(index, list, ids);
  ids.clear();
  return changed;
}

export type List = 'capture' | 'refund' | 'dispute' | 'request' | 'effect';

function build(ledger: Ledger): LedgerIndex {
  const index: LedgerIndex = {
    payments: new Map(),
    totals: { capturedMinor: 0, feeMinor: 0, refundedMinor: 0, lostMinor: 0, reservedMinor: 0 },
    unposted: { captures: new Set(), refunds: new Set(), disputes: new Set() },
    untold: { refunds: new Set(), disputes: new Set() },
    uncredited: new Set(),
    pendingRefunds: new Set(),
    openDisputes: new Set(),
    requestsByParent: new Map(),
    requestsByRefund: new Map(),
    openRequests: new Set(),
    pendingEffects: new Map(),
    followers: new Map(),
    lastCrmKey: undefined,
    causes: new Map(),
    causesByReason: new Map(),
    positions: new Map(),
    nextPosition: 0,
  };
  for (const capture of Object.values(ledger.captures)) countCapture(index, capture, 1);
  for (const refund of Object.values(ledger.refunds)) countRefund(index, ledger, refund, 1);
  for (const dispute of Object.values(ledger.disputes)) countDispute(index, ledger, dispute, 1);
  for (const request of Object.values(ledger.refundRequests))
    countRequest(index, ledger, request, 1);
  for (const entry of Object.values(ledger.effects)) countEffect(index, entry, 1);
  for (const review of ledger.reviews)
    for (const cause of review.causes) countCause(index, review, cause);
  return index;
}

type Sign = 1 | -1;

function countCapture(index: LedgerIndex, capture: Capture, sign: Sign): void {
  const { captureId, paymentId, captured } = capture;
  note(index, 'capture', captureId);
  index.unposted.captures.add(captureId);
  changeSums(index, paymentId, (sums) => {
    const standing = standingMinor(capture);
    sums.standingMinor += sign * standing;
    if (standing > 0) sums.feeMinor += sign * (capture.feeMinor ?? 0);
    if (captured) sums.captured += sign;
  });
}

function countRefund(index: LedgerIndex, ledger: Ledger, refund: Refund, sign: Sign): void {
  const { refundId, paymentId, amountMinor, currency, status } = refund;
  note(index, 'refund', refundId);
  index.unposted.refunds.add(refundId);
  index.untold.refunds.add(refundId);
  index.uncredited.add(refundId);
  mark(index.pendingRefunds, refundId, status === 'pending');
  changeSums(index, paymentId, (sums) => {
    sums.refundIds.add(refundId);
    if (currency !== ledger.terms.currency) return;
    if (status === 'succeeded') sums.refundedMinor += sign * amountMinor;
    if (status === 'pending') sums.reservedMinor += sign * amountMinor;
  });
}

function countDispute(index: LedgerIndex, ledger: Ledger, dispute: Dispute, sign: Sign): void {
  const { disputeId, paymentId, amountMinor, currency, status } = dispute;
  note(index, 'dispute', disputeId);
  index.unposted.disputes.add(disputeId);
  index.untold.disputes.add(disputeId);
  mark(index.openDisputes, disputeId, status === 'opened');
  changeSums(index, paymentId, (sums) => {
    sums.disputeIds.add(disputeId);
    if (status === 'lost' && currency === ledger.terms.currency)
      sums.lostMinor += sign * amountMinor;
  });
}

function countRequest(
  index: LedgerIndex,
  ledger: Ledger,
  request: RefundRequest,
  sign: Sign,
): void {
  const { requestKey, parentKey, paymentId, refundId, amountMinor, currency, status } = request;
  const isOpen = status === 'requested';
  note(index, 'request', requestKey);
  mark(index.openRequests, requestKey, isOpen);
  setIn(index.requestsByParent, parentKey).add(requestKey);
  if (refundId !== null) mark(setIn(index.requestsByRefund, refundId), requestKey, sign === 1);
  if (!isOpen || currency !== ledger.terms.currency) return;
  changeSums(index, paymentId, (sums) => {
    sums.reservedMinor += sign * amountMinor;
  });
}

function countEffect(index: LedgerIndex, { command, status }: EffectEntry, sign: Sign): void {
  const { key } = command;
  const isPending = sign === 1 && status === 'pending';
  note(index, 'effect', key);
  if (isPending) index.pendingEffects.set(key, command);
  else index.pendingEffects.delete(key);
  if (command.effect === 'update_crm' && sign === 1) index.lastCrmKey = lastOf(index, key);
  if ('after' in command && command.after !== undefined)
    mark(setIn(index.followers, command.after), key, isPending);
}

/** A retried update keeps its place, so it is not always the one that was put last. */
function lastOf({ positions, lastCrmKey }: LedgerIndex, key: string): string {
  if (lastCrmKey === undefined) return key;
  const at = (name: string): number => positions.get(positionKey('effect', name)) ?? 0;
  return at(key) > at(lastCrmKey) ? key : lastCrmKey;
}

function countCause({ causes, causesByReason }: LedgerIndex, review: Review, cause: string): void {
  setIn(causes, review.id).add(cause);
  setIn(causesByReason, review.reason).add(cause);
}

function changeSums(
  index: LedgerIndex,
  paymentId: string,
  change: (sums: PaymentSums) => void,
): void {
  const { payments, totals, unposted, uncredited } = index;
  const sums = payments.get(paymentId) ?? noSums();
  payments.set(paymentId, sums);
  const wasCaptured = sums.captured > 0;
  addTo(totals, sums, -1);
  change(sums);
  addTo(totals, sums, 1);
  if (wasCaptured || sums.captured === 0) return;
  // From now on what went back of this payment counts.
  for (const id of sums.refundIds) unposted.refunds.add(id);
  for (const id of sums.refundIds) uncredited.add(id);
  for (const id of sums.disputeIds) unposted.disputes.add(id);
}

function addTo(totals: Totals, sums: PaymentSums, sign: Sign): void {
  totals.capturedMinor += sign * sums.standingMinor;
  totals.feeMinor += sign * sums.feeMinor;
  totals.reservedMinor += sign * sums.reservedMinor;
  if (sums.captured === 0) return;
  totals.refundedMinor += sign * sums.refundedMinor;
  totals.lostMinor += sign * sums.lostMinor;
}

function noSums(): PaymentSums {
  return {
    standingMinor: 0,
    feeMinor: 0,
    refundedMinor: 0,
    lostMinor: 0,
    reservedMinor: 0,
    captured: 0,
    refundIds: new Set(),
    disputeIds: new Set(),
  };
}

function note(index: LedgerIndex, list: List, id: string): void {
  const key = positionKey(list, id);
  if (index.positions.has(key)) return;
  index.positions.set(key, index.nextPosition);
  index.nextPosition += 1;
}

function positionKey(list: List, id: string): string {
  return `${list} ${id}`;
}

function mark(set: Set<string>, id: string, isIn: boolean): void {
  if (isIn) set.add(id);
  else set.delete(id);
}

function setIn<Key>(sets: Map<Key, Set<string>>, key: Key): Set<string> {
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = new Set<string>();
  sets.set(key, made);
  return made;
}

/** Only here may the lists be written. */
function entriesOf<Entry>(list: Readonly<Record<string, Entry>>): Record<string, Entry> {
  return list;
}
