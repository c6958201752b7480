/**
 * The decision table: one row for what happened, one column for the state it met. Every change of an
 * order goes through it; the tests and the diagram are made from it. It decides nothing by amount:
 * rows are already classified.
 *
 * How to read a cell:
 *   → state   apply, and the order comes to that state      ·  apply, the state stays
 *   ↺ state   apply, the state follows from what is left: it stays or comes to one of those named
 *   =         a repeat: nothing to do
 *   ~         too old to matter: kept on record only         !code  refused to the caller
 *   ?reason   open a manual review      +call  ask the gateway      late  confirmed after failing
 *   –         cannot happen
 */
import { ORDER_STATES, type OrderState } from './order.ts';
import type { ReviewReason } from './reviews/reasons.ts';

export type Ask = 'create' | 'fetch' | 'capture' | 'void' | 'refund';

export interface Cell {
  verdict: 'apply' | 'duplicate' | 'stale' | 'reject' | 'impossible';
  /** The state that applying leads to; absent where it follows from the ledger. */
  to?: OrderState;
  /** Where the state follows from the ledger: what it may come to, beside staying. */
  may: OrderState[];
  late: boolean;
  asks: Ask[];
  review?: ReviewReason;
  code?: string;
}

/** A cell for each state, in this order: initiated, pending, partially_paid, paid, failed, cancelled, refunded. */
// biome-ignore format: cells stand below each other
const MATRIX = {
  'pay.requested':                '→ pending +create                 | · +create                         | · +create                          | !order_already_paid                               | → pending +create                 | !order_closed              | !order_already_paid',
  'pay.requested.in_flight':      '–                                 | !attempt_in_progress              | !attempt_in_progress               | !order_already_paid                               | –                                 | !order_closed              | !order_already_paid',
  'pay.repeated':                 '–                                 | =                                 | =                                  | !order_already_paid                               | !order_closed                     | !order_closed              | !order_already_paid',
  'pay.unanswered':               '–                                 | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                   | · +fetch',
  'payment.adopted':              '→ pending                         | ·                                 | ·                                  | ·                                                 | ↺ pending                         | ·                          | ·',
  'payment.pending':              '→ pending                         | ·                                 | ·                                  | ·                                                 | → pending late                    | · +void                    | · +void',
  'payment.authorized':           '→ pending +capture                | · +capture                        | · +capture                         | –                                                 | → pending late +capture           | · +void                    | · +void ?authorized_after_refund',
  'payment.authorized.surplus':   '–                                 | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                    | · +void',
  'payment.authorized.mismatch':  '· ?amount_mismatch                | · ?amount_mismatch                | · ?amount_mismatch                 | · +void                                           | · ?amount_mismatch                | · +void                    | · +void',
  'payment.authorized.after_end': '–                                 | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                   | ~ +fetch',
  'payment.pending.after_end':    '–                                 | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                   | ~ +fetch',
  'payment.captured.partial':     '→ partially_paid                  | → partially_paid                  | ·                                  | –                                                 | → partially_paid late             | · ?paid_after_cancel       | · ?captured_after_refund',
  'payment.captured.exact':       '→ paid                            | → paid                            | → paid                             | –                                                 | → paid late                       | · ?paid_after_cancel       | · ?captured_after_refund',
  'payment.captured.over':        '→ paid ?overpaid                  | → paid ?overpaid                  | → paid ?overpaid                   | · ?double_payment                                 | → paid late ?overpaid             | · ?paid_after_cancel       | · ?captured_after_refund',
  'payment.captured.currency':    '· ?currency_mismatch              | ↺ failed ?currency_mismatch       | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch       | · ?currency_mismatch',
  'capture.reversed.currency':    '· ?currency_mismatch              | · ?currency_mismatch              | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch       | · ?currency_mismatch',
  'payment.discounted':           '–                                 | –                                 | ↺ paid                             | ·                                                 | –                                 | ·                          | ·',
  'payment.captured.reversed':    '↺ failed                          | ↺ failed                          | ·                                  | ·                                                 | ·                                 | ·                          | ·',
  'capture.reversed':             '–                                 | –                                 | ↺ pending/failed ?capture_reversed | ↺ partially_paid/pending/failed ?capture_reversed | –                                 | ·                          | · ?capture_reversed',
  'capture.reversed.early':       '~                                 | ~                                 | ~                                  | ~                                                 | ~                                 | ~                          | ~',
  'payment.failed':               '→ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                          | ~',
  'payment.expired':              '→ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                          | ~',
  'payment.voided':               '↺ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ↺ cancelled                       | ·                          | ~',
  'payment.gone':                 '–                                 | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ↺ cancelled                       | ~                          | ~',
  'payment.reopened':             '–                                 | ·                                 | ·                                  | ·                                                 | –                                 | ·                          | ·',
  'pay.refused':                  '–                                 | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                          | ~',
  'order.expired':                '→ failed                          | → failed                          | · ?partial_expired                 | ~                                                 | ·                                 | ~                          | ~',
  'cancel.requested':             '→ cancelled                       | –                                 | → cancelled +refund                | !order_already_paid                               | → cancelled                       | =                          | !order_already_paid',
  'cancel.requested.live':        '· +void                           | · +void                           | · +void                            | !order_already_paid                               | · +void                           | =                          | !order_already_paid',
  'cancel.requested.disputed':    '–                                 | –                                 | !order_disputed                    | –                                                 | –                                 | –                          | –',
  'void.refused':                 '–                                 | · +fetch                          | ·                                  | ~                                                 | ·                                 | · ?cancel_diverged         | ~',
  'void.refused.authorized':      '–                                 | · +fetch                          | · ?amount_mismatch                 | · ?double_payment                                 | ·                                 | · ?authorized_after_cancel | · ?authorized_after_refund',
  'capture.refused':              '–                                 | · +fetch                          | · +fetch                           | ~                                                 | · +fetch                          | ~                          | ~',
  'capture.refused.held':         '–                                 | · ?capture_refused                | · ?capture_refused                 | –                                                 | · ?capture_refused                | –                          | –',
  'refund.requested':             '!order_not_paid                   | !order_not_paid                   | · +refund                          | · +refund                                         | !order_not_paid                   | !order_not_paid            | !order_not_paid',
  'refund.requested.over':        '!order_not_paid                   | !order_not_paid                   | !refund_exceeds_captured           | !refund_exceeds_captured                          | !order_not_paid                   | !order_not_paid            | !order_not_paid',
  'refund.requested.disputed':    '!order_not_paid                   | !order_not_paid                   | !order_disputed                    | !order_disputed                                   | !order_not_paid                   | !order_not_paid            | !order_not_paid',
  'refund.pending':               '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                          | ~',
  'refund.succeeded.early':       '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                   | · +fetch',
  'refund.succeeded.partial':     '–                                 | –                                 | ·                                  | ·                                                 | –                                 | ·                          | ·',
  'refund.succeeded.full':        '–                                 | –                                 | → refunded                         | → refunded                                        | –                                 | ·                          | ·',
  'refund.succeeded.over':        '–                                 | · ?over_refund                    | → refunded ?over_refund            | → refunded ?over_refund                           | · ?over_refund                    | · ?over_refund             | · ?over_refund',
  'refund.failed':                '·                                 | ·                                 | · ?refund_failed                   | · ?refund_failed                                  | ·                                 | · ?refund_failed           | ~',
  'refund.reversed':              '·                                 | ·                                 | · ?refund_reversed                 | · ?refund_reversed                                | ·                                 | · ?refund_reversed         | · ?refund_reversed',
  'refund.flip':                  '· +fetch ?refund_flip             | · +fetch ?refund_flip             | · +fetch ?refund_flip              | · +fetch ?refund_flip                             | · +fetch ?refund_flip             | · +fetch ?refund_flip      | · +fetch ?refund_flip',
  'dispute.inquiry':              '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                          | ·',
  'dispute.opened':               '· +fetch ?dispute_without_capture | · +fetch ?dispute_without_capture | ·                                  | ·                                                 | · +fetch ?dispute_without_capture | · ?dispute_after_cancel    | · ?dispute_on_refunded',
  'dispute.won':                  '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                          | ·',
  'dispute.lost':                 '–                                 | –                                 | ↺ refunded                         | ↺ refunded                                        | –                                 | ·                          | ·',
  'dispute.lost.early':           '· ?dispute_without_capture        | · ?dispute_without_capture        | · ?dispute_without_capture         | · ?dispute_without_capture                        | ·                                 | ·                          | · ?dispute_without_capture',
  'dispute.lost.over':            '–                                 | · ?double_loss                    | → refunded ?double_loss            | → refunded ?double_loss                           | · ?double_loss                    | · ?double_loss             | · ?double_loss',
  'dispute.currency':             '· ?currency_mismatch              | · ?currency_mismatch              | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch       | · ?currency_mismatch',
  'dispute.flip':                 '· +fetch ?dispute_flip            | · +fetch ?dispute_flip            | · +fetch ?dispute_flip             | · +fetch ?dispute_flip                            | · +fetch ?dispute_flip            | · +fetch ?dispute_flip     | · +fetch ?dispute_flip',
} as const;

/** What happened, classified. One that the table does not have is no row. */
export type Row = keyof typeof MATRIX;

function readCell(text: string): Cell {
  const words = text.trim().split(/\s+/);
  const marked = (mark: string): string[] =>
    words.filter((word) => word.startsWith(mark)).map((word) => word.slice(mark.length));
  const arrow = words.indexOf('→');
  const follows = words.indexOf('↺');
  const [code] = marked('!');
  const [review] = marked('?');
  return {
    verdict: verdictOf(words),
    may: follows >= 0 ? ((words[follows + 1] ?? '').split('/') as OrderState[]) : [],
    late: words.includes('late'),
    asks: marked('+') as Ask[],
    ...(arrow >= 0 ? { to: words[arrow + 1] as OrderState } : {}),
    ...(review === undefined ? {} : { review: review as ReviewReason }),
    ...(code === undefined ? {} : { code }),
  };
}

function verdictOf(words: string[]): Cell['verdict'] {
  if (words.some((word) => word.startsWith('!'))) return 'reject';
  if (words.includes('=')) return 'duplicate';
  if (words.includes('~')) return 'stale';
  return words.includes('–') ? 'impossible' : 'apply';
}

function readRow(text: string): Record<OrderState, Cell> {
  const cells = text.split('|');
  const columns = ORDER_STATES.map((state, i) => [state, readCell(cells[i] ?? '–')] as const);
  return Object.fromEntries(columns) as Record<OrderState, Cell>;
}

/** The table, read once: `TABLE[row][state]`. */
export const TABLE = Object.fromEntries(
  Object.entries(MATRIX).map(([row, cells]) => [row, readRow(cells)]),
) as Record<Row, Record<OrderState, Cell>>;
