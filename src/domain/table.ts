/**
 * The decision table: one row for what happened, one column for the state it met. `applyRow` carries out any row;
 * every effect that is started, every review that is opened and every change of state is one of a cell here. The
 * tests and the diagram are made from it. It decides nothing by amount: rows are already classified.
 *
 * How to read a cell:
 *   → state   apply, and the order comes to that state      ·  apply, the state stays
 *   ↺ state   apply, the state follows from what is left: it stays or comes to one of those named
 *   =         a duplicate: nothing to do                     0      nothing to do, and nothing to record
 *   ~         stale: kept on record only                     !code  refused
 *   ?reason   open a review; alone in its cell: the event is not applied
 *   +effect   start this effect, in this order               late   confirmed after failing
 *   …         no outcome yet: a later event brings it        –      cannot happen
 */
import { ORDER_STATES, type OrderState } from './order.ts';
import type { ReviewReason } from './reviews/reasons.ts';

export interface Cell {
  verdict: 'apply' | 'wait' | 'review' | 'duplicate' | 'stale' | 'reject' | 'ignore' | 'impossible';
  /** The state that applying leads to; absent where it follows from the ledger. */
  to?: OrderState;
  /** Where the state follows from the ledger: what it may come to instead of staying. */
  may: OrderState[];
  late: boolean;
  /** What is started, in this order. */
  effects: CellEffect[];
  review?: ReviewReason;
  /** Why it is refused; empty where it is not. */
  code: string;
}

/** A cell for each state, in this order: initiated, pending, partially_paid, paid, failed, cancelled, refunded. */
// biome-ignore format: cells stand below each other
const MATRIX = {
  'pay.requested':                        '→ pending +create …               | · +create …                       | · +create …                        | !order_already_paid                               | → pending +create …               | !order_closed                | !order_already_paid',
  'pay.requested.in_flight':              '–                                 | !attempt_in_progress              | !attempt_in_progress               | !order_already_paid                               | –                                 | !order_closed                | !order_already_paid',
  'pay.repeated':                         '–                                 | =                                 | =                                  | !order_already_paid                               | !order_closed                     | !order_closed                | !order_already_paid',
  'pay.repeated.opening':                 '–                                 | …                                 | …                                  | !order_already_paid                               | –                                 | !order_closed                | !order_already_paid',
  'pay.repeated.misconfigured':           '–                                 | · +create …                       | · +create …                        | !order_already_paid                               | –                                 | !order_closed                | !order_already_paid',
  'pay.nothing_due':                      '→ paid                            | –                                 | –                                  | !order_already_paid                               | –                                 | !order_closed                | –',
  'pay.unanswered':                       '–                                 | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'pay.unanswered.misconfigured':         '–                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'pay.unresolved':                       '–                                 | · +create                         | · +create                          | –                                                 | · +create                         | · +create                    | · +create',
  'payment.adopted':                      '→ pending                         | ·                                 | ·                                  | ·                                                 | ↺ pending                         | ·                            | ·',
  'payment.pending':                      '→ pending                         | ·                                 | ·                                  | ·                                                 | → pending late                    | · +void                      | · +void',
  'payment.authorized':                   '→ pending +capture                | · +capture                        | · +capture                         | –                                                 | → pending late +capture           | · +void                      | · +void ?authorized_after_refund',
  'payment.authorized.manual':            '→ pending                         | ·                                 | ·                                  | –                                                 | → pending late                    | · +void                      | · +void ?authorized_after_refund',
  'payment.authorized.surplus':           '–                                 | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'payment.authorized.mismatch':          '· ?amount_mismatch                | · ?amount_mismatch                | · ?amount_mismatch                 | · +void                                           | · ?amount_mismatch                | · +void                      | · +void',
  'payment.authorized.after_end':         '~                                 | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                     | ~ +fetch',
  'payment.pending.after_end':            '~                                 | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                     | ~ +fetch',
  'payment.captured.partial':             '→ partially_paid                  | → partially_paid                  | ·                                  | –                                                 | → partially_paid late             | · ?paid_after_cancel         | · ?captured_after_refund',
  'payment.captured.exact':               '→ paid                            | → paid                            | → paid                             | –                                                 | → paid late                       | · ?paid_after_cancel         | · ?captured_after_refund',
  'payment.captured.over':                '→ paid ?overpaid                  | → paid ?overpaid                  | → paid ?overpaid                   | · ?double_payment                                 | → paid late ?overpaid             | · ?paid_after_cancel         | · ?captured_after_refund',
  'payment.captured.currency':            '· ?currency_mismatch              | ↺ failed ?currency_mismatch       | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch         | · ?currency_mismatch',
  'capture.reversed.currency':            '· ?currency_mismatch              | · ?currency_mismatch              | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch         | · ?currency_mismatch',
  'payment.discounted':                   '–                                 | –                                 | ↺ paid                             | ·                                                 | –                                 | ·                            | ·',
  'payment.captured.reversed':            '↺ failed                          | ↺ failed                          | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'capture.reversed':                     '–                                 | –                                 | ↺ pending/failed ?capture_reversed | ↺ partially_paid/pending/failed ?capture_reversed | –                                 | ·                            | · ?capture_reversed',
  'capture.reversed.early':               '~                                 | ~                                 | ~                                  | ~                                                 | ~                                 | ~                            | ~',
  'payment.failed':                       '→ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                            | ~',
  'payment.expired':                      '→ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                            | ~',
  'payment.voided':                       '↺ failed                          | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ↺ cancelled                       | ·                            | ~',
  'payment.gone':                         '–                                 | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ↺ cancelled                       | ~                            | ~',
  'payment.reopened':                     '–                                 | ·                                 | ·                                  | ·                                                 | –                                 | ·                            | ·',
  'payment.needless':                     '–                                 | –                                 | –                                  | · +void                                           | · +void                           | · +void                      | · +void',
  'payment.foreign':                      '!foreign_payment                  | !foreign_payment                  | !foreign_payment                   | !foreign_payment                                  | !foreign_payment                  | !foreign_payment             | !foreign_payment',
  'payment.foreign.money':                '!foreign_payment +park            | !foreign_payment +park            | !foreign_payment +park             | !foreign_payment +park                            | !foreign_payment +park            | !foreign_payment +park       | !foreign_payment +park',
  'pay.refused':                          '–                                 | ↺ failed/cancelled                | ↺ cancelled                        | ~                                                 | ·                                 | ~                            | ~',
  'pay.opened.superseded':                '–                                 | ↺ failed/cancelled +fetch         | ↺ cancelled +fetch                 | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'pay.opened.unwanted':                  '· +void                           | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'order.expired':                        '→ failed                          | → failed                          | · ?partial_expired                 | 0                                                 | ·                                 | 0                            | 0',
  'expiry.reached':                       '–                                 | · +fetch                          | –                                  | –                                                 | –                                 | –                            | –',
  'cancel.requested':                     '→ cancelled                       | –                                 | → cancelled                        | !order_already_paid                               | → cancelled                       | =                            | !order_already_paid',
  'cancel.requested.live':                '· +void …                         | · +void …                         | · +void …                          | !order_already_paid                               | · +void …                         | =                            | !order_already_paid',
  'cancel.requested.disputed':            '–                                 | –                                 | !order_disputed                    | –                                                 | –                                 | –                            | –',
  'cancel.requested.rules_0':             '→ cancelled +void                 | –                                 | !order_already_paid                | !order_already_paid                               | → cancelled +void                 | =                            | !order_already_paid',
  'expiry.extended':                      '·                                 | ·                                 | ·                                  | !order_already_paid                               | ↺ initiated/pending               | !order_closed                | !order_already_paid',
  'write_off.requested':                  '!nothing_to_write_off             | !nothing_to_write_off             | → paid                             | !order_already_paid                               | !nothing_to_write_off             | !order_closed                | !order_already_paid',
  'order.cancelled':                      '–                                 | –                                 | –                                  | –                                                 | –                                 | · +refund                    | –',
  'order.cancelled.disputed':             '–                                 | –                                 | –                                  | –                                                 | –                                 | · ?dispute_after_cancel      | –',
  'void.refused':                         '–                                 | · +fetch                          | ·                                  | ~                                                 | ·                                 | · ?cancel_diverged           | ~',
  'void.refused.authorized':              '–                                 | · +fetch                          | · ?amount_mismatch                 | · ?double_payment                                 | ·                                 | · ?authorized_after_cancel   | · ?authorized_after_refund',
  'void.answered.failed':                 '–                                 | ↺ cancelled                       | ↺ cancelled                        | ·                                                 | ↺ cancelled                       | ·                            | ·',
  'void.unresolved':                      '· +void                           | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'capture.refused':                      '–                                 | · +fetch                          | · +fetch                           | ~                                                 | · +fetch                          | ~                            | ~',
  'capture.refused.held':                 '0                                 | · ?capture_refused                | · ?capture_refused                 | 0                                                 | · ?capture_refused                | 0                            | 0',
  'capture.unresolved':                   '· +capture                        | · +capture                        | · +capture                         | –                                                 | · +capture                        | –                            | –',
  'capture.requested':                    '· +capture …                      | · +capture …                      | · +capture …                       | !order_already_paid                               | · +capture …                      | !order_closed                | !order_already_paid',
  'capture.requested.none':               '!nothing_authorized               | !nothing_authorized               | !nothing_authorized                | !order_already_paid                               | !nothing_authorized               | !order_closed                | !order_already_paid',
  'capture.requested.voided':             '–                                 | !authorization_voided             | !authorization_voided              | !order_already_paid                               | !authorization_voided             | !order_closed                | !order_already_paid',
  'capture.requested.expired':            '–                                 | !authorization_expired            | !authorization_expired             | !order_already_paid                               | !authorization_expired            | !order_closed                | !order_already_paid',
  'void.requested':                       '· +void …                         | · +void …                         | · +void …                          | · +void …                                         | · +void …                         | · +void …                    | · +void …',
  'void.requested.none':                  '!nothing_authorized               | !nothing_authorized               | !nothing_authorized                | !order_already_paid                               | !nothing_authorized               | !order_closed                | !order_already_paid',
  'void.requested.repeated':              '–                                 | =                                 | =                                  | =                                                 | =                                 | =                            | =',
  'authorization.expiring':               '–                                 | · ?authorization_expiring         | · ?authorization_expiring          | –                                                 | –                                 | –                            | –',
  'refund.requested':                     '!order_not_paid                   | !order_not_paid                   | · +refund …                        | · +refund …                                       | !order_not_paid                   | !order_not_paid              | !order_not_paid',
  'refund.requested.over':                '!order_not_paid                   | !order_not_paid                   | !refund_exceeds_captured           | !refund_exceeds_captured                          | !order_not_paid                   | !order_not_paid              | !order_not_paid',
  'refund.requested.disputed':            '!order_not_paid                   | !order_not_paid                   | !order_disputed                    | !order_disputed                                   | !order_not_paid                   | !order_not_paid              | !order_not_paid',
  'refund.requested.by_hand':             '–                                 | –                                 | !refund_by_hand                    | !refund_by_hand                                   | –                                 | !order_not_paid              | !order_not_paid',
  'refund.by_hand':                       '–                                 | –                                 | · ?refund_by_hand                  | · ?refund_by_hand                                 | –                                 | · ?refund_by_hand            | · ?refund_by_hand',
  'refund.unresolved':                    '· +refund                         | · +refund                         | · +refund                          | · +refund                                         | · +refund                         | · +refund                    | · +refund',
  'refund.refused':                       '?refund_failed                    | ?refund_failed                    | ?refund_failed                     | ?refund_failed                                    | ?refund_failed                    | ?refund_failed               | ?refund_failed',
  'refund.refused.explained':             '–                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'refund.refused.outdated':              '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'refund.pending':                       '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ~',
  'refund.succeeded.early':               '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'refund.succeeded.partial':             '–                                 | –                                 | ·                                  | ·                                                 | –                                 | ·                            | ·',
  'refund.succeeded.full':                '–                                 | –                                 | → refunded                         | → refunded                                        | –                                 | ·                            | ·',
  'refund.succeeded.over':                '–                                 | · ?over_refund                    | → refunded ?over_refund            | → refunded ?over_refund                           | · ?over_refund                    | · ?over_refund               | · ?over_refund',
  'refund.succeeded.uncaptured':          '?refund_without_capture           | ?refund_without_capture           | ?refund_without_capture            | ?refund_without_capture                           | ?refund_without_capture           | ?refund_without_capture      | ?refund_without_capture',
  'refund.failed':                        '·                                 | ·                                 | · ?refund_failed                   | · ?refund_failed                                  | ·                                 | · ?refund_failed             | ~',
  'refund.failed.held':                   '–                                 | –                                 | –                                  | –                                                 | –                                 | –                            | · ?refund_failed',
  'refund.reversed':                      '·                                 | ·                                 | · ?refund_reversed                 | · ?refund_reversed                                | ·                                 | · ?refund_reversed           | · ?refund_reversed',
  'refund.flip':                          '· +fetch ?refund_flip             | · +fetch ?refund_flip             | · +fetch ?refund_flip              | · +fetch ?refund_flip                             | · +fetch ?refund_flip             | · +fetch ?refund_flip        | · +fetch ?refund_flip',
  'refund.flip.early':                    '~ +fetch                          | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                     | ~ +fetch',
  'dispute.inquiry':                      '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'dispute.opened':                       '· +fetch ?dispute_without_capture | · +fetch ?dispute_without_capture | ·                                  | ·                                                 | · +fetch ?dispute_without_capture | · ?dispute_after_cancel      | · ?dispute_on_refunded',
  'dispute.won':                          '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'dispute.lost':                         '–                                 | –                                 | ↺ refunded                         | ↺ refunded                                        | –                                 | ·                            | ·',
  'dispute.lost.early':                   '· ?dispute_without_capture        | · ?dispute_without_capture        | · ?dispute_without_capture         | · ?dispute_without_capture                        | ·                                 | ·                            | · ?dispute_without_capture',
  'dispute.lost.over':                    '–                                 | · ?double_loss                    | → refunded ?double_loss            | → refunded ?double_loss                           | · ?double_loss                    | · ?double_loss               | · ?double_loss',
  'dispute.currency':                     '· ?currency_mismatch              | · ?currency_mismatch              | · ?currency_mismatch               | · ?currency_mismatch                              | · ?currency_mismatch              | · ?currency_mismatch         | · ?currency_mismatch',
  'dispute.flip':                         '· +fetch ?dispute_flip            | · +fetch ?dispute_flip            | · +fetch ?dispute_flip             | · +fetch ?dispute_flip                            | · +fetch ?dispute_flip            | · +fetch ?dispute_flip       | · +fetch ?dispute_flip',
  'dispute.flip.early':                   '~ +fetch                          | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                     | ~ +fetch',
  'dispute.deadline':                     '~ +fetch                          | ~ +fetch                          | ~ +fetch                           | ~ +fetch                                          | ~ +fetch                          | ~ +fetch                     | ~ +fetch',
  'fact.of_unknown_payment':              '… +fetch                          | … +fetch                          | … +fetch                           | … +fetch                                          | … +fetch                          | … +fetch                     | … +fetch',
  'fact.contradicted':                    '?fact_conflict                    | ?fact_conflict                    | ?fact_conflict                     | ?fact_conflict                                    | ?fact_conflict                    | ?fact_conflict               | ?fact_conflict',
  'fact.unmatched':                       '?unmatched                        | ?unmatched                        | ?unmatched                         | ?unmatched                                        | ?unmatched                        | ?unmatched                   | ?unmatched',
  'fact.wrong_order':                     '?wrong_order                      | ?wrong_order                      | ?wrong_order                       | ?wrong_order                                      | ?wrong_order                      | ?wrong_order                 | ?wrong_order',
  'verify.requested':                     '· +fetch …                        | · +fetch …                        | · +fetch …                         | =                                                 | · +fetch …                        | · +fetch …                   | =',
  'verify.requested.no_attempt':          '!no_payment_attempt               | !no_payment_attempt               | !no_payment_attempt                | =                                                 | !no_payment_attempt               | !no_payment_attempt          | =',
  'verify.requested.stranger':            '· +fetch …                        | · +fetch …                        | · +fetch …                         | · +fetch …                                        | · +fetch …                        | · +fetch …                   | · +fetch …',
  'verify.requested.stranger.no_attempt': '!no_payment_attempt               | !no_payment_attempt               | !no_payment_attempt                | !no_payment_attempt                               | !no_payment_attempt               | !no_payment_attempt          | !no_payment_attempt',
  'sync.requested':                       '· +fetch …                        | · +fetch …                        | · +fetch …                         | · +fetch …                                        | · +fetch …                        | · +fetch …                   | · +fetch …',
  'sync.requested.no_attempt':            '!no_payment_attempt               | –                                 | –                                  | –                                                 | !no_payment_attempt               | !no_payment_attempt          | –',
  'attach.requested':                     '· +fetch …                        | · +fetch …                        | · +fetch …                         | · +fetch …                                        | · +fetch …                        | · +fetch …                   | · +fetch …',
  'sync.answered.again':                  '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'poll.reached':                         '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'sync.reached':                         '· +fetch                          | · +fetch                          | · +fetch                           | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'settlement.reached':                   '–                                 | –                                 | –                                  | · +fetch                                          | · +fetch                          | · +fetch                     | · +fetch',
  'effect.failed':                        '?effect_failed                    | ?effect_failed                    | ?effect_failed                     | ?effect_failed                                    | ?effect_failed                    | ?effect_failed               | ?effect_failed',
  'retry.requested':                      '· +retry                          | · +retry                          | · +retry                           | · +retry                                          | · +retry                          | · +retry                     | · +retry',
  'resend.requested':                     '· +retry                          | · +retry                          | · +retry                           | · +retry                                          | · +retry                          | · +retry                     | · +retry',
  'resend.refused':                       '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'access.grant.requested':               '· +grant                          | · +grant                          | · +grant                           | · +grant                                          | · +grant                          | · +grant                     | · +grant',
  'access.grant.requested.repeated':      '=                                 | =                                 | =                                  | =                                                 | =                                 | =                            | =',
  'access.revoke.requested':              '· +revoke                         | · +revoke                         | · +revoke                          | · +revoke                                         | · +revoke                         | · +revoke                    | · +revoke',
  'access.revoke.requested.repeated':     '–                                 | =                                 | =                                  | =                                                 | =                                 | =                            | =',
  'access.revoke.requested.none':         '!access_not_granted               | !access_not_granted               | !access_not_granted                | –                                                 | !access_not_granted               | !access_not_granted          | !access_not_granted',
  'access.held':                          '–                                 | · +revoke                         | · +revoke                          | · +revoke                                         | · +revoke                         | –                            | –',
  'access.returned':                      '–                                 | · +grant                          | · +grant                           | · +grant                                          | · +grant                          | –                            | –',
  'crm.outdated':                         '· +crm                            | · +crm                            | · +crm                             | · +crm                                            | · +crm                            | · +crm                       | · +crm',
  'key.expired':                          '?key_expired                      | ?key_expired                      | ?key_expired                       | ?key_expired                                      | ?key_expired                      | ?key_expired                 | ?key_expired',
  'review.approved':                      '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'review.rejected':                      '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ·',
  'review.approved.paid_after_cancel':    '–                                 | –                                 | –                                  | –                                                 | –                                 | ↺ paid/partially_paid        | –',
  'review.approved.refunded':             '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | ·                            | ↺ paid/partially_paid/pending/failed',
  'review.approved.held':                 '↺ pending +capture                | · +capture                        | · +capture                         | · +void                                           | · +capture                        | · +void                      | · +void',
  'review.approved.capture_reversed':     '· +revoke                         | · +revoke                         | · +revoke                          | ·                                                 | · +revoke                         | · +revoke                    | · +revoke',
  'review.approved.expiring':             '–                                 | · +capture                        | · +capture                         | –                                                 | –                                 | –                            | –',
  'review.approved.refund':               '· +refund                         | · +refund                         | · +refund                          | · +refund                                         | · +refund                         | · +refund                    | · +refund',
  'review.approved.partial_expired':      '·                                 | ·                                 | ·                                  | –                                                 | ↺ pending                         | –                            | –',
  'review.approved.key_expired':          '·                                 | ↺ failed/cancelled                | ↺ cancelled                        | ·                                                 | ·                                 | ·                            | ·',
  'review.rejected.late':                 '· +refund                         | · +refund                         | · +refund                          | · +refund                                         | · +refund                         | · +refund                    | · +refund',
  'review.rejected.excess':               '· +refund                         | · +refund                         | · +refund                          | · +refund                                         | · +refund                         | · +refund                    | · +refund',
  'review.rejected.currency_mismatch':    '· +refund                         | · +refund                         | · +refund                          | · +refund                                         | · +refund                         | · +refund                    | · +refund',
  'review.rejected.partial_expired':      '→ cancelled +void +refund         | → cancelled +void +refund         | → cancelled +void +refund          | –                                                 | → cancelled +void +refund         | –                            | –',
  'review.rejected.held':                 '· +void                           | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'review.rejected.expiring':             '–                                 | · +void                           | · +void                            | –                                                 | –                                 | –                            | –',
  'review.rejected.unvoided':             '·                                 | ·                                 | ·                                  | ·                                                 | ·                                 | · +void                      | · +void',
  'review.rejected.unvoided.cancelling':  '· +void                           | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'held.approved':                        '↺ pending +capture                | · +capture                        | · +capture                         | –                                                 | · +capture                        | –                            | –',
  'held.approved.manual':                 '↺ pending                         | ·                                 | ·                                  | –                                                 | ·                                 | –                            | –',
  'held.approved.unwanted':               '· +void                           | · +void                           | · +void                            | · +void                                           | · +void                           | · +void                      | · +void',
  'state.kept':                           '· +post +credit                   | · +post +credit                   | · +post +credit                    | · +post +credit                                   | · +post +credit                   | · +post +credit              | · +post +credit',
  'state.entered':                        '· +post +credit                   | · +post +credit                   | · +post +credit +crm               | · +post +grant +credit +crm                       | · +post +credit +crm              | · +post +credit +revoke +crm | · +post +credit +revoke +crm',
  'state.revived':                        '–                                 | · +post +credit +crm              | –                                  | –                                                 | –                                 | –                            | –',
  'net.negative':                         '?over_refund                      | ?over_refund                      | ?over_refund                       | ?over_refund                                      | ?over_refund                      | ?over_refund                 | ?over_refund',
} as const;

/** What happened, classified. One that the table does not have is no row. */
export type Row = keyof typeof MATRIX;

/** The rows whose names begin so, the one of just that name included. */
export type RowOf<Prefix extends string> = Extract<Row, Prefix | `${Prefix}.${string}`>;

type NamedEffects<Cells extends string> = Cells extends `${string}+${infer Rest}`
  ? Rest extends `${infer Name} ${infer Others}`
    ? Name | NamedEffects<Others>
    : Rest
  : never;

/** The effects that a row names in any of its cells. */
export type EffectsOf<R extends Row> = NamedEffects<(typeof MATRIX)[R]>;

export type CellEffect = EffectsOf<Row>;

type WithoutOutcome<Cells extends string> = Cells extends `${string}${'…' | '0 '}${string}`
  ? Cells
  : never;

/** Null where a row may leave no outcome at once, never where all of its cells bring one. */
export type NoOutcomeOf<R extends Row> =
  WithoutOutcome<(typeof MATRIX)[R]> extends never ? never : null;

function readCell(text: string): Cell {
  const words = text.trim().split(/\s+/);
  const marked = (mark: string): string[] =>
    words.filter((word) => word.startsWith(mark)).map((word) => word.slice(mark.length));
  const arrow = words.indexOf('→');
  const follows = words.indexOf('↺');
  const [code = ''] = marked('!');
  const [review] = marked('?');
  return {
    verdict: verdictOf(words),
    may: follows >= 0 ? ((words[follows + 1] ?? '').split('/') as OrderState[]) : [],
    late: words.includes('late'),
    effects: marked('+') as CellEffect[],
    ...(arrow >= 0 ? { to: words[arrow + 1] as OrderState } : {}),
    ...(review === undefined ? {} : { review: review as ReviewReason }),
    code,
  };
}

/** The marks of a cell, the first that fits. */
const VERDICTS: readonly [mark: string, verdict: Cell['verdict']][] = [
  ['!', 'reject'],
  ['=', 'duplicate'],
  ['~', 'stale'],
  ['0', 'ignore'],
  ['…', 'wait'],
  ['–', 'impossible'],
];

function verdictOf(words: string[]): Cell['verdict'] {
  const found = VERDICTS.find(([mark]) => words.some((word) => word.startsWith(mark)));
  return found?.[1] ?? (words[0]?.startsWith('?') ? 'review' : 'apply');
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
