/**
 * Every event in every state, in the specification's words and independent of the table that decides.
 *
 *   letter  the state afterwards: I initiated, P pending, PP partially_paid, PD paid, F failed, C cancelled, R refunded
 *   =  a duplicate     ~  too late to matter     x code  refused     …  no outcome of its own     0  leaves no trace
 *   late  confirmed after failing      +call  the gateway is asked      ?reason  reviews open afterwards
 *   crm  the CRM is told that it is pending again
 *   $kind  what is posted to the books      –  cannot happen, see below why      park, grant, revoke  as the effects are called
 *   "  as in the other states: the table has the same cell for them
 */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../../src/domain/ledger.ts';
import { ORDER_STATES, type OrderState } from '../../src/domain/order.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { type Row, TABLE } from '../../src/domain/table.ts';
import { ACCESS_SCENES } from '../support/matrix-access.ts';
import { CAPTURE_SCENES } from '../support/matrix-captures.ts';
import { FOLLOW_UPS } from '../support/matrix-follow-ups.ts';
import { SCENES, type Scenes } from '../support/matrix-rows.ts';
import { apply, ledgerOf, type Told, tell } from '../support/order-story.ts';

const MATRIX = `
what happens                         | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
pay.requested                        | P +create …                       | P +create …                       | PP +create …                     | x order_already_paid             | P +create …                       | x order_closed                   | x order_already_paid
pay.nothing_due                      | PD                                | –                                 | –                                | x order_already_paid             | –                                 | x order_closed                   | –
pay.requested.in_flight              | –                                 | x attempt_in_progress             | x attempt_in_progress            | x order_already_paid             | –                                 | x order_closed                   | x order_already_paid
pay.repeated                         | –                                 | =                                 | =                                | x order_already_paid             | x order_closed                    | x order_closed                   | x order_already_paid
pay.repeated.opening                 | –                                 | P …                               | PP …                             | x order_already_paid             | –                                 | x order_closed                   | x order_already_paid
pay.repeated.misconfigured           | –                                 | P +create …                       | PP +create …                     | x order_already_paid             | –                                 | x order_closed                   | x order_already_paid
pay.unanswered                       | –                                 | P +fetch                          | PP +fetch                        | PD +fetch                        | F +fetch ?partial_expired ?capture_reversed | C +fetch                         | R +fetch
pay.unanswered.misconfigured         | –                                 | P                                 | PP                               | PD                               | F ?partial_expired ?capture_reversed | C                                | R
pay.unresolved                       | –                                 | P +create …                       | PP +create …                     | –                                | F +create … ?partial_expired ?capture_reversed | C +create …                      | R +create …
pay.refused                          | –                                 | F                                 | PP                               | ~                                | F ?partial_expired ?capture_reversed | ~                                | ~
pay.opened.superseded                | –                                 | F x attempt_in_progress +fetch    | x attempt_in_progress +fetch     | x attempt_in_progress +fetch     | x attempt_in_progress +fetch      | x attempt_in_progress +fetch     | x attempt_in_progress +fetch
pay.opened.unwanted                  | x order_closed +void              | x order_closed +void              | x order_closed +void             | x order_already_paid +void       | x order_closed +void              | x order_closed +void             | x order_closed +void
payment.adopted                      | P                                 | P                                 | PP                               | PD +void                         | P crm                             | C +void                          | R +void
payment.pending                      | P                                 | P                                 | PP                               | PD                               | P late crm                        | C +void                          | R +void
payment.authorized                   | P +capture                        | P +capture                        | PP +capture                      | –                                | P late +capture crm               | C +void                          | R +void ?authorized_after_refund
payment.authorized.manual            | P                                 | P                                 | PP                               | –                                | P late crm                        | C +void                          | R +void ?authorized_after_refund
payment.authorized.surplus           | –                                 | P +void                           | PP +void                         | PD +void                         | F +void                           | C +void                          | R +void
payment.authorized.mismatch          | I ?amount_mismatch                | P ?amount_mismatch                | PP ?amount_mismatch              | PD +void                         | F ?amount_mismatch                | C +void                          | R +void
payment.authorized.after_end         | ~                                 | ~ +fetch                          | ~ +fetch                         | ~ +fetch                         | ~ +fetch                          | ~ +fetch                         | ~ +fetch
payment.pending.after_end            | ~                                 | ~ +fetch                          | ~ +fetch                         | ~ +fetch                         | ~ +fetch                          | ~ +fetch                         | ~ +fetch
payment.captured.partial             | PP $capture                       | PP $capture                       | PP $capture                      | –                                | PP late $capture                  | C ?paid_after_cancel $capture    | R ?captured_after_refund $capture
payment.captured.exact               | PD $capture                       | PD $capture                       | PD $capture                      | –                                | PD late $capture                  | C ?paid_after_cancel $capture    | R ?captured_after_refund $capture
payment.captured.over                | PD ?overpaid $capture             | PD ?overpaid $capture             | PD ?overpaid $capture            | PD ?double_payment $capture      | PD late ?overpaid $capture        | C ?paid_after_cancel $capture    | R ?captured_after_refund $capture
payment.discounted                   | –                                 | –                                 | PD $discount                     | PD $discount                     | –                                 | C ?paid_after_cancel $discount   | R $discount
payment.captured.currency            | I ?currency_mismatch              | F ?currency_mismatch              | PP ?currency_mismatch            | PD ?currency_mismatch            | F ?currency_mismatch              | C ?currency_mismatch             | R ?currency_mismatch
payment.captured.reversed            | F $capture $capture_reversed      | F $capture $capture_reversed      | PP $capture $capture_reversed    | PD $capture $capture_reversed    | F $capture $capture_reversed      | C $capture $capture_reversed     | R $capture $capture_reversed
capture.reversed                     | –                                 | –                                 | F ?capture_reversed $capture_reversed | F ?capture_reversed $capture_reversed | –                                 | C $capture_reversed              | R ?capture_reversed $capture_reversed
capture.reversed.early               | ~                                 | ~                                 | ~                                | ~                                | ~                                 | ~                                | ~
net.negative                         | "                                 | "                                 | R $capture $refund ?over_refund  | "                                | "                                 | "                                | "
capture.reversed.currency            | I ?currency_mismatch              | P ?currency_mismatch              | PP ?currency_mismatch            | PD ?currency_mismatch            | F ?currency_mismatch              | C ?currency_mismatch             | R ?currency_mismatch
payment.failed                       | F                                 | F                                 | PP                               | ~                                | F                                 | ~                                | ~
payment.expired                      | F                                 | F                                 | PP                               | ~                                | F                                 | ~                                | ~
payment.voided                       | F                                 | F                                 | PP                               | ~                                | F                                 | C                                | ~
payment.gone                         | –                                 | F                                 | PP                               | ~                                | F                                 | ~                                | ~
payment.reopened                     | –                                 | P                                 | PP                               | PD                               | –                                 | C                                | R
payment.needless                     | –                                 | –                                 | –                                | PD +void                         | F +void                           | C +void                          | R +void
payment.foreign                      | x foreign_payment                 | x foreign_payment                 | x foreign_payment                | x foreign_payment                | x foreign_payment                 | x foreign_payment                | x foreign_payment
payment.foreign.money                | x park                            | x park                            | x park                           | x park                           | x park                            | x park                           | x park
order.expired                        | F                                 | F +void                           | PP ?partial_expired              | 0                                | F +void                           | 0                                | 0
expiry.reached                       | –                                 | P +fetch …                        | –                                | –                                | –                                 | –                                | –
expiry.extended                      | I                                 | P                                 | PP                               | x order_already_paid             | P crm                             | x order_closed                   | x order_already_paid
write_off.requested                  | x nothing_to_write_off            | x nothing_to_write_off            | PD $write_off                    | x order_already_paid             | x nothing_to_write_off            | x order_closed                   | x order_already_paid
cancel.requested                     | C                                 | –                                 | C +refund                        | x order_already_paid             | C                                 | =                                | x order_already_paid
cancel.requested.live                | I +void … ?amount_mismatch        | P +void …                         | PP +void …                       | x order_already_paid             | F +void …                         | =                                | x order_already_paid
cancel.requested.disputed            | –                                 | –                                 | x order_disputed                 | –                                | –                                 | –                                | –
cancel.requested.rules_0             | C                                 | –                                 | x order_already_paid             | x order_already_paid             | C +void                           | =                                | x order_already_paid
order.cancelled                      | –                                 | –                                 | –                                | –                                | –                                 | C +refund                        | –
order.cancelled.disputed             | –                                 | –                                 | –                                | –                                | –                                 | C ?dispute_after_cancel          | –
void.refused                         | –                                 | P +fetch                          | PP                               | ~                                | F                                 | C ?cancel_diverged               | ~
void.refused.authorized              | –                                 | P +fetch                          | PP ?amount_mismatch              | PD ?double_payment               | F                                 | C ?authorized_after_cancel       | R ?authorized_after_refund
void.answered.failed                 | –                                 | P …                               | C +refund                        | PD …                             | C                                 | C …                              | R …
void.unresolved                      | I +void +fetch … ?amount_mismatch | P +void +fetch …                  | PP +void +fetch …                | PD +void +fetch …                | F +void +fetch …                  | C +void +fetch …                 | R +void +fetch …
capture.refused                      | –                                 | P +fetch                          | PP +fetch                        | ~                                | F +fetch                          | ~                                | ~
capture.refused.held                 | –                                 | P ?capture_refused                | PP ?capture_refused              | –                                | F ?capture_refused                | –                                | –
capture.unresolved                   | "                                 | P +capture +fetch …               | PP +capture +fetch …             | –                                | F +capture +fetch …               | –                                | –
capture.requested                    | "                                 | P +capture …                      | PP +capture …                    | x order_already_paid             | "                                 | x order_closed                   | x order_already_paid
capture.requested.none               | x nothing_authorized              | x nothing_authorized              | x nothing_authorized             | x order_already_paid             | x nothing_authorized              | x order_closed                   | x order_already_paid
capture.requested.voided             | –                                 | x authorization_voided            | x authorization_voided           | x order_already_paid             | x authorization_voided            | x order_closed                   | x order_already_paid
capture.requested.expired            | –                                 | x authorization_expired           | x authorization_expired          | x order_already_paid             | x authorization_expired           | x order_closed                   | x order_already_paid
void.requested                       | I +void … ?amount_mismatch        | P +void …                         | PP +void …                       | PD +void …                       | F +void … ?amount_mismatch        | C +void … ?authorized_after_cancel | R +void …
void.requested.none                  | x nothing_authorized              | x nothing_authorized              | x nothing_authorized             | x order_already_paid             | x nothing_authorized              | x order_closed                   | x order_already_paid
void.requested.repeated              | –                                 | =                                 | =                                | =                                | =                                 | =                                | =
authorization.expiring               | –                                 | P ?authorization_expiring         | PP ?authorization_expiring       | –                                | –                                 | –                                | –
refund.requested                     | x order_not_paid                  | x order_not_paid                  | PP +refund …                     | PD +refund …                     | x order_not_paid                  | x order_not_paid                 | x order_not_paid
refund.requested.all                 | x order_not_paid                  | x order_not_paid                  | PP +refund …                     | PD +refund …                     | x order_not_paid                  | x order_not_paid                 | x order_not_paid
refund.requested.over                | x order_not_paid                  | x order_not_paid                  | x refund_exceeds_captured        | x refund_exceeds_captured        | x order_not_paid                  | x order_not_paid                 | x order_not_paid
refund.requested.by_hand             | –                                 | –                                 | x refund_by_hand                 | x refund_by_hand                 | –                                 | x order_not_paid                 | x order_not_paid
refund.by_hand                       | –                                 | –                                 | PP +refund ?refund_by_hand       | PD ?refund_by_hand               | –                                 | C ?refund_by_hand                | R ?refund_by_hand
refund.requested.disputed            | x order_not_paid                  | x order_not_paid                  | x order_disputed                 | x order_disputed                 | x order_not_paid                  | x order_not_paid                 | x order_not_paid
refund.unresolved                    | I +refund +fetch …                | "                                 | PP +refund +fetch …              | PD +refund +fetch …              | F +refund +fetch … ?capture_reversed | C +refund +fetch …               | R +refund +fetch …
refund.refused                       | I ?refund_failed                  | "                                 | PP ?refund_failed                | PD ?refund_failed                | F ?capture_reversed ?refund_failed | C ?refund_failed                 | R ?refund_failed
refund.refused.explained             | –                                 | "                                 | PP +fetch                        | PD +fetch                        | F +fetch ?capture_reversed        | "                                | R +fetch
refund.refused.outdated              | I +fetch ?refund_failed           | "                                 | PP +fetch                        | PD +fetch                        | F +fetch ?capture_reversed        | C +fetch ?refund_failed          | R +fetch ?refund_failed
refund.pending                       | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | ~
refund.succeeded.early               | I +fetch                          | P +fetch                          | PP +fetch                        | PD +fetch                        | F +fetch                          | C +fetch                         | R +fetch
refund.succeeded.partial             | –                                 | –                                 | PP $refund                       | PD $refund                       | –                                 | C ?paid_after_cancel $refund     | R ?captured_after_refund $refund
refund.succeeded.full                | –                                 | –                                 | R $refund                        | R $refund                        | –                                 | C $refund                        | R $refund
refund.succeeded.over                | –                                 | P ?capture_reversed ?over_refund $refund | R ?over_refund $refund           | R ?over_refund $refund           | F ?capture_reversed ?over_refund $refund | C ?over_refund $refund           | R ?over_refund $refund
refund.succeeded.uncaptured          | I ?refund_without_capture         | P ?refund_without_capture         | PP ?refund_without_capture       | "                                | "                                 | "                                | "
refund.failed                        | I                                 | P                                 | PP ?refund_failed                | PD ?refund_failed                | F                                 | C ?refund_failed                 | ~
refund.failed.held                   | –                                 | –                                 | –                                | –                                | –                                 | –                                | R ?captured_after_refund ?refund_failed
refund.reversed                      | I                                 | P                                 | PP ?refund_reversed $refund_reversed | PD ?refund_reversed $refund_reversed | F                                 | C ?refund_reversed               | R ?refund_reversed $refund_reversed
refund.flip                          | I +fetch ?refund_flip             | P +fetch ?refund_flip             | PP +fetch ?refund_failed ?refund_flip | PD +fetch ?refund_failed ?refund_flip | F +fetch ?refund_flip             | C +fetch ?refund_failed ?refund_flip | R +fetch ?refund_flip
refund.flip.early                    | I +fetch …                        | P +fetch …                        | PP +fetch … ?refund_failed       | PD +fetch … ?refund_failed       | F +fetch …                        | C +fetch … ?refund_failed        | "
dispute.inquiry                      | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
dispute.opened                       | I +fetch ?dispute_without_capture | P +fetch ?dispute_without_capture | PP                               | PD                               | F +fetch ?dispute_without_capture | C ?dispute_after_cancel          | R ?dispute_on_refunded
dispute.won                          | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
dispute.lost                         | –                                 | –                                 | PP $chargeback                   | PD $chargeback                   | –                                 | C ?paid_after_cancel $chargeback | R ?captured_after_refund $chargeback
dispute.lost.all                     | –                                 | –                                 | R $chargeback                    | R $chargeback                    | –                                 | C $chargeback                    | R $chargeback
dispute.lost.early                   | I ?dispute_without_capture        | P ?dispute_without_capture        | PP ?dispute_without_capture      | PD ?dispute_without_capture      | F                                 | C                                | R ?dispute_without_capture
dispute.lost.over                    | –                                 | P ?capture_reversed ?double_loss $chargeback | R ?double_loss $chargeback       | R ?double_loss $chargeback       | F ?capture_reversed ?double_loss $chargeback | C ?double_loss $chargeback       | R ?double_loss $chargeback
dispute.currency                     | I ?currency_mismatch              | P ?currency_mismatch              | PP ?currency_mismatch            | PD ?currency_mismatch            | F ?currency_mismatch              | C ?currency_mismatch             | R ?currency_mismatch
dispute.flip                         | I +fetch ?dispute_flip            | P +fetch ?dispute_flip            | PP +fetch ?dispute_flip          | PD +fetch ?dispute_flip          | F +fetch ?dispute_flip            | C +fetch ?dispute_flip           | R +fetch ?dispute_flip
dispute.flip.early                   | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
dispute.deadline                     | ~ +fetch                          | ~ +fetch                          | ~ +fetch                         | ~ +fetch                         | ~ +fetch                          | ~ +fetch                         | ~ +fetch
verify.requested                     | I +fetch …                        | P +fetch …                        | PP +fetch …                      | =                                | F +fetch …                        | C +fetch …                       | =
verify.requested.no_attempt          | x no_payment_attempt              | x no_payment_attempt              | x no_payment_attempt             | =                                | x no_payment_attempt              | x no_payment_attempt             | =
verify.requested.stranger            | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
verify.requested.stranger.no_attempt | x no_payment_attempt              | x no_payment_attempt              | x no_payment_attempt             | x no_payment_attempt             | x no_payment_attempt              | x no_payment_attempt             | x no_payment_attempt
verify.other_order                   | x payment_belongs_to_other_order  | x payment_belongs_to_other_order  | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order  | x payment_belongs_to_other_order | x payment_belongs_to_other_order
sync.requested                       | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
sync.requested.no_attempt            | x no_payment_attempt              | –                                 | –                                | –                                | x no_payment_attempt              | x no_payment_attempt             | –
attach.requested                     | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
sync.answered.again                  | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
poll.reached                         | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
sync.reached                         | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
settlement.reached                   | –                                 | –                                 | –                                | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
fact.delivered_again                 | =                                 | =                                 | =                                | =                                | =                                 | =                                | =
fact.told_again                      | =                                 | =                                 | =                                | =                                | =                                 | =                                | =
fact.contradicted                    | I ?fact_conflict                  | P ?fact_conflict                  | PP ?fact_conflict                | PD ?fact_conflict                | F ?fact_conflict                  | C ?fact_conflict                 | R ?fact_conflict
fact.of_unknown_payment              | I +fetch …                        | P +fetch …                        | PP +fetch …                      | PD +fetch …                      | F +fetch …                        | C +fetch …                       | R +fetch …
fact.unmatched                       | I ?unmatched                      | P ?unmatched                      | PP ?unmatched                    | PD ?unmatched                    | F ?unmatched                      | C ?unmatched                     | R ?unmatched
fact.wrong_order                     | I ?wrong_order                    | P ?wrong_order                    | PP ?wrong_order                  | PD ?wrong_order                  | F ?wrong_order                    | C ?wrong_order                   | R ?wrong_order
effect.failed                        | I ?effect_failed                  | P ?effect_failed                  | PP ?effect_failed                | PD ?effect_failed                | F ?effect_failed                  | C ?effect_failed                 | R ?effect_failed
retry.requested                      | I ?effect_failed                  | P ?effect_failed                  | PP ?effect_failed                | PD ?effect_failed                | F ?effect_failed                  | C ?effect_failed                 | R ?effect_failed
key.expired                          | I +fetch ?key_expired             | "                                 | PP +fetch ?key_expired           | PD +fetch ?key_expired           | F +fetch ?capture_reversed ?key_expired | C +fetch ?key_expired            | R +fetch ?key_expired
review.approved                      | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
review.rejected                      | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
review.approved.paid_after_cancel    | –                                 | –                                 | –                                | –                                | –                                 | PD                               | –
review.approved.refunded             | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | PD
review.approved.held                 | P +capture                        | P +capture                        | PP +capture                      | PD +void                         | F +capture                        | C +void                          | R +void
held.approved                        | P +capture                        | P +capture                        | PP +capture                      | –                                | F +capture                        | –                                | –
held.approved.manual                 | P                                 | P                                 | PP                               | –                                | F                                | –                                | –
held.approved.unwanted               | I +void                           | P +void                           | PP +void                         | PD +void                         | F +void                           | C +void                          | R +void
review.approved.capture_reversed     | "                                 | P                                 | PP                               | PD                               | F revoke                          | C                                | R
review.approved.expiring             | –                                 | P +capture                        | PP +capture                      | –                                | –                                 | –                                | –
review.approved.refund               | "                                 | "                                 | PP +refund                       | PD +refund                       | "                                 | C +refund ?paid_after_cancel     | R +refund
review.approved.partial_expired      | "                                 | P ?capture_reversed               | PP                               | –                                | P crm ?capture_reversed           | –                                | –
review.approved.key_expired          | I                                 | F                                 | PP                               | PD                               | F ?capture_reversed               | C                                | R
review.rejected.late                 | "                                 | "                                 | "                                | "                                | "                                 | C +refund                        | R +refund
review.rejected.excess               | "                                 | "                                 | "                                | PD +refund                       | "                                 | "                                | "
review.rejected.currency_mismatch    | I +refund                         | "                                 | "                                | PD +refund                       | "                                 | "                                | "
review.rejected.partial_expired      | "                                 | C ?capture_reversed               | C +void +refund                  | –                                | C ?capture_reversed               | –                                | –
review.rejected.held                 | I +void                           | P +void                           | PP +void                         | "                                | F +void                           | "                                | "
review.rejected.expiring             | –                                 | P +void                           | PP +void                         | –                                | –                                 | –                                | –
review.rejected.unvoided             | "                                 | "                                 | "                                | PD                               | "                                 | C +void                          | R +void
review.rejected.unvoided.cancelling  | "                                 | "                                 | PP +void                         | "                                | "                                 | "                                | "
access.grant.requested               | I grant                           | P grant                           | PP grant                         | PD grant                         | F grant                           | C grant                          | R grant
access.grant.requested.repeated      | =                                 | =                                 | =                                | =                                | =                                 | =                                | =
access.revoke.requested              | I revoke                          | P revoke                          | PP revoke                        | PD revoke                        | F revoke                          | C revoke                         | R revoke
access.revoke.requested.repeated     | –                                 | =                                 | =                                | =                                | =                                 | =                                | =
access.revoke.requested.none         | x access_not_granted              | x access_not_granted              | x access_not_granted             | –                                | x access_not_granted              | x access_not_granted             | x access_not_granted
access.held                          | –                                 | P +fetch ?capture_reversed revoke | PP ?capture_reversed revoke      | PD revoke                        | F +fetch ?capture_reversed revoke | –                                | –
access.returned                      | –                                 | P ?capture_reversed grant         | PP ?capture_reversed grant       | PD grant                         | F ?capture_reversed grant         | –                                | –
crm.outdated                         | I crm                             | P crm                             | PP crm                           | PD crm                           | F crm                             | C crm                            | R crm
resend.requested                     | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
resend.refused                       | I                                 | P                                 | PP                               | PD                               | F                                 | C                                | R
state.kept                           | I                                 | P                                 | PP                               | PD $refund                       | F                                 | C                                | R
state.entered                        | I                                 | P +create …                       | PP $capture                      | PD $capture                      | F                                 | C                                | R $refund
state.revived                        | –                                 | P crm                             | –                                | –                                | –                                 | –                                | –
`;

/** Why a cell marked "–" cannot be reached: no ledger in that state gives the event that row. */
const IMPOSSIBLE: Record<string, string> = {
  'pay.nothing_due P': 'nothing is ever asked of a gateway',
  'pay.nothing_due PP': 'nothing is due, so no part of it is paid',
  'pay.nothing_due F': 'nothing is waited for, so nothing fails',
  'pay.nothing_due R': 'no money came, so none goes back',
  'refund.requested.by_hand I': 'no money stands, so what is asked for is always too much',
  'refund.requested.by_hand P': 'no money stands, so what is asked for is always too much',
  'refund.requested.by_hand F': 'no money stands, so what is asked for is always too much',
  'refund.by_hand I': 'no money stands, so none is to be given back',
  'refund.by_hand P': 'no money stands, so none is to be given back',
  'refund.by_hand F': 'no money stands, so none is to be given back',
  'pay.requested.in_flight I': 'money in flight makes an order pending',
  'pay.requested.in_flight F':
    'an order with money in flight fails only in review, and that answers first',
  'pay.repeated I': 'a live attempt makes an order pending',
  'pay.unanswered I': 'an attempt that is being opened makes an order pending',
  'pay.refused I': 'an attempt that is being opened makes an order pending',
  'payment.authorized PD': 'nothing is outstanding, so no amount fits',
  'payment.authorized.manual PD': 'nothing is outstanding, so no amount fits',
  'capture.requested.voided I': 'a payment that was authorized makes an order pending',
  'capture.requested.expired I': 'a payment that was authorized makes an order pending',
  'void.requested.repeated I': 'a payment that was authorized makes an order pending',
  'authorization.expiring I': 'nothing waits to be captured',
  'authorization.expiring PD': 'nothing waits to be captured',
  'authorization.expiring F': 'nothing waits to be captured',
  'authorization.expiring C': 'nothing waits to be captured',
  'authorization.expiring R': 'nothing waits to be captured',
  'review.approved.expiring I': 'the review has answered itself',
  'review.approved.expiring PD': 'the review has answered itself',
  'review.approved.expiring F': 'the review has answered itself',
  'review.approved.expiring C': 'the review has answered itself',
  'review.approved.expiring R': 'the review has answered itself',
  'review.rejected.expiring I': 'the review has answered itself',
  'review.rejected.expiring PD': 'the review has answered itself',
  'review.rejected.expiring F': 'the review has answered itself',
  'review.rejected.expiring C': 'the review has answered itself',
  'review.rejected.expiring R': 'the review has answered itself',
  'payment.authorized.surplus I':
    'what the outstanding amount is promised to makes an order pending',
  'payment.discounted I': 'money of that payment makes an order paid or partly paid',
  'payment.discounted P': 'money of that payment makes an order paid or partly paid',
  'payment.discounted F': 'money of that payment makes an order paid or partly paid',
  'payment.gone I': 'a payment that may be paid makes an order pending',
  'payment.reopened I': 'money in flight makes an order pending',
  'payment.reopened F': 'money in flight makes an order pending',
  'payment.captured.partial PD': 'together with what is paid it is always over',
  'payment.captured.exact PD': 'together with what is paid it is always over',
  'capture.reversed I': 'standing money makes an order paid or partly paid',
  'capture.reversed P': 'standing money makes an order paid or partly paid',
  'capture.reversed F': 'standing money makes an order paid or partly paid',
  'cancel.requested P': 'a pending order has something live',
  'cancel.requested.disputed I': 'nothing of it was paid, so nothing goes back',
  'cancel.requested.disputed P': 'nothing of it was paid, so nothing goes back',
  'cancel.requested.disputed PD': 'it is paid, and that is what the caller is told',
  'cancel.requested.disputed F': 'nothing of it was paid, so nothing goes back',
  'cancel.requested.disputed C': 'it is cancelled already, and that is what the caller is told',
  'cancel.requested.disputed R': 'it is refunded, and that is what the caller is told',
  'void.refused I': 'a payment that may be voided makes an order pending',
  'void.refused.authorized I': 'a payment that may be voided makes an order pending',
  'capture.refused I': 'a payment that is being captured makes an order pending',
  'capture.refused.held I': 'a payment that is being captured makes an order pending',
  'capture.refused.held PD': 'what is authorized beside that is voided',
  'capture.refused.held C': 'what is authorized is voided',
  'capture.refused.held R': 'what is authorized is voided',
  'refund.succeeded.partial I': 'what is left over is money, and money makes an order paid',
  'refund.succeeded.partial P': 'what is left over is money, and money makes an order paid',
  'refund.succeeded.partial F': 'what is left over is money, and money makes an order paid',
  'refund.succeeded.full I': 'there was money to refund, and money makes an order paid',
  'refund.succeeded.full P': 'there was money to refund, and money makes an order paid',
  'refund.succeeded.full F': 'there was money to refund, and money makes an order paid',
  'refund.succeeded.over I': 'a payment whose money came and went makes an order failed',
  'refund.failed.held I': 'only a refunded order holds money that came after the refund',
  'refund.failed.held P': 'only a refunded order holds money that came after the refund',
  'refund.failed.held PP': 'only a refunded order holds money that came after the refund',
  'refund.failed.held PD': 'only a refunded order holds money that came after the refund',
  'refund.failed.held F': 'only a refunded order holds money that came after the refund',
  'refund.failed.held C': 'only a refunded order holds money that came after the refund',
  'dispute.lost I': 'there was money to lose, and money makes an order paid',
  'dispute.lost P': 'there was money to lose, and money makes an order paid',
  'dispute.lost F': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all I': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all P': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all F': 'there was money to lose, and money makes an order paid',
  'dispute.lost.over I': 'a payment whose money came and went makes an order failed',
  'pay.repeated.opening I': 'a live attempt makes an order pending',
  'pay.repeated.misconfigured I': 'a live attempt makes an order pending',
  'pay.repeated.opening F':
    'a failed order with a live attempt has expired, and that answers first',
  'pay.repeated.misconfigured F':
    'a failed order with a live attempt has expired, and that answers first',
  'pay.unanswered.misconfigured I': 'an attempt that is being opened makes an order pending',
  'pay.unresolved I': 'an attempt that is being opened makes an order pending',
  'pay.opened.superseded I': 'an attempt that is being opened makes an order pending',
  'pay.unresolved PD': 'nothing is outstanding, so nothing has to be opened any more',
  'payment.needless I': 'the order still wants money',
  'payment.needless P': 'the order still wants money',
  'payment.needless PP': 'the order still wants money',
  'cancel.requested.rules_0 P': 'a pending order has something live',
  'order.cancelled I': 'it follows when the order has just been cancelled',
  'order.cancelled P': 'it follows when the order has just been cancelled',
  'order.cancelled PP': 'it follows when the order has just been cancelled',
  'order.cancelled PD': 'it follows when the order has just been cancelled',
  'order.cancelled F': 'it follows when the order has just been cancelled',
  'order.cancelled R': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed I': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed P': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed PP': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed PD': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed F': 'it follows when the order has just been cancelled',
  'order.cancelled.disputed R': 'it follows when the order has just been cancelled',
  'expiry.reached I': 'only an order with an open payment asks before it expires',
  'expiry.reached PP': 'only an order with an open payment asks before it expires',
  'expiry.reached PD': 'only an order with an open payment asks before it expires',
  'expiry.reached F': 'only an order with an open payment asks before it expires',
  'expiry.reached C': 'only an order with an open payment asks before it expires',
  'expiry.reached R': 'only an order with an open payment asks before it expires',
  'void.answered.failed I': 'a payment that failed makes an order failed',
  'capture.unresolved PD': 'nothing is outstanding, so nothing is captured',
  'capture.unresolved C': 'what is authorized is voided',
  'capture.unresolved R': 'what is authorized is voided',
  'refund.refused.explained I': 'no caller could ask for a refund of it',
  'sync.requested.no_attempt P': 'it has an attempt or a payment',
  'sync.requested.no_attempt PP': 'it has an attempt or a payment',
  'sync.requested.no_attempt PD': 'it has an attempt or a payment',
  'sync.requested.no_attempt R': 'it has an attempt or a payment',
  'settlement.reached I': 'it still waits for money',
  'settlement.reached P': 'it still waits for money',
  'settlement.reached PP': 'it still waits for money',
  'review.approved.paid_after_cancel I': 'the approval alone lifts the cancellation',
  'review.approved.paid_after_cancel P': 'the approval alone lifts the cancellation',
  'review.approved.paid_after_cancel PP': 'the approval alone lifts the cancellation',
  'review.approved.paid_after_cancel PD': 'the approval alone lifts the cancellation',
  'review.approved.paid_after_cancel F': 'the approval alone lifts the cancellation',
  'review.approved.paid_after_cancel R': 'the approval alone lifts the cancellation',
  'held.approved PD': 'nothing is outstanding, so nothing is captured',
  'held.approved C': 'what is authorized is voided',
  'held.approved R': 'what is authorized is voided',
  'held.approved.manual PD': 'nothing is outstanding, so it is voided',
  'held.approved.manual C': 'what is authorized is voided',
  'held.approved.manual R': 'what is authorized is voided',
  'review.approved.partial_expired PD': 'the review has answered itself',
  'review.approved.partial_expired C': 'the review has answered itself',
  'review.approved.partial_expired R': 'the review has answered itself',
  'review.rejected.partial_expired PD': 'the review has answered itself',
  'review.rejected.partial_expired C': 'the review has answered itself',
  'review.rejected.partial_expired R': 'the review has answered itself',
  'access.revoke.requested.repeated I':
    'what was earned and revoked was paid, and payments make an order more than new',
  'access.revoke.requested.none PD': 'a paid order has earned access, or it was revoked by hand',
  'access.held I': 'nothing was paid, so nothing is earned',
  'access.held C': 'what was earned has ended with the order',
  'access.held R': 'what was earned has ended with the order',
  'access.returned I': 'nothing was paid, so nothing is earned',
  'access.returned C': 'what was earned has ended with the order',
  'access.returned R': 'what was earned has ended with the order',
  'state.revived I': 'it is about an order that is pending again',
  'state.revived PP': 'it is about an order that is pending again',
  'state.revived PD': 'it is about an order that is pending again',
  'state.revived F': 'it is about an order that is pending again',
  'state.revived C': 'it is about an order that is pending again',
  'state.revived R': 'it is about an order that is pending again',
};

/** A cell that the table has in other states as well; there it is tried out. */
const SAME = '"';

const LETTERS: Record<string, OrderState> = {
  I: 'initiated',
  P: 'pending',
  PP: 'partially_paid',
  PD: 'paid',
  F: 'failed',
  C: 'cancelled',
  R: 'refunded',
};

const decidedBy: Partial<Record<string, (typeof TABLE)[Row]>> = TABLE;

const [header = [], ...lines] = MATRIX.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const rows = lines.map(([name = '', ...cells]) => ({ name, cells }));

for (const { name, cells } of rows)
  describe(`${name}, in the matrix`, () => {
    for (const [i, cell] of cells.entries()) {
      const letter = header[i + 1] ?? '';
      const state = LETTERS[letter] ?? 'initiated';
      const reason = IMPOSSIBLE[`${name} ${letter}`];
      if (cell === '–')
        it(`cannot happen to an order that is ${state}: ${reason}`, () => {
          assert.ok(reason, 'say why it cannot happen');
          assert.equal(scenesOf(name, state), undefined);
          const decided = decidedBy[name]?.[state].verdict ?? 'impossible';
          assert.ok(
            decided === 'impossible' || decided === 'ignore',
            'the table decides what cannot happen',
          );
        });
      else if (cell === SAME)
        it(`${state}: as in the other states`, () => assertSame(name, state, cells));
      else it(`${state}: ${cell}`, () => check(name, state, cell));
    }
  });

describe('the matrix', () => {
  it('has every row of the decision table, and every state', () => {
    const named = rows.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(TABLE).filter((row) => !named.includes(row)),
      [],
    );
    assert.deepEqual(
      header.slice(1).map((letter) => LETTERS[letter]),
      [...ORDER_STATES],
    );
    for (const { name, cells } of rows) assert.equal(cells.length, ORDER_STATES.length, name);
  });

  it('gives no reason for the impossible that is possible', () => {
    const impossible = rows.flatMap(({ name, cells }) =>
      cells.flatMap((cell, i) => (cell === '–' ? [`${name} ${header[i + 1]}`] : [])),
    );
    assert.deepEqual(new Set(Object.keys(IMPOSSIBLE)), new Set(impossible));
  });
});

function assertSame(name: string, state: OrderState, cells: string[]): void {
  const decided = decidedBy[name];
  const others = ORDER_STATES.filter((_, i) => ![SAME, '–'].includes(cells[i] ?? '–'));
  const same = others.filter((other) => isDeepStrictEqual(decided?.[other], decided?.[state]));
  assert.ok(same.length > 0, 'a cell of its own has to be tried out');
}

/** Those that say how the row comes to pass in that state. */
function scenesOf(name: string, state: OrderState): Scenes | undefined {
  return [FOLLOW_UPS, ACCESS_SCENES, CAPTURE_SCENES, SCENES]
    .map((all) => all[name])
    .find((one) => one?.before[state] !== undefined);
}

function check(name: string, state: OrderState, cell: string): void {
  const scenes = scenesOf(name, state);
  assert.ok(scenes?.before[state], 'say how it comes to pass');
  const before = ledgerOf(scenes.terms ?? {}, scenes.before[state]);
  if (scenes.isFollowing !== true) assert.equal(stateOf(before), state, 'what is given');
  const after = apply(before, scenes.now(state));
  const told = tell(before, after);
  const words = cell.split(/\s+/);
  const marked = (mark: string): string[] =>
    words.filter((word) => word.startsWith(mark)).map((word) => word.slice(1));
  const to = LETTERS[words[0] ?? ''] ?? state;
  assert.deepStrictEqual(
    {
      state: told.state,
      late: told.late,
      asks: told.asks.map((ask) => ask.split('_')[0]),
      works: told.works.map((work) => work.replace(/^post_ledger:(\w+)-.*/, '$$$1').split(':')[0]),
    },
    {
      state: to,
      late: words.includes('late') || before.late,
      asks: marked('+'),
      works: worksOf(before, to, marked('$'), words),
    },
  );
  const decided = decidedBy[name]?.[state];
  const ends = [decided?.to ?? state, ...(decided?.may ?? [])];
  if (decided !== undefined && scenes.isFollowing !== true)
    assert.ok(ends.includes(to), `the table says ${ends.join(' or ')}`);
  checkOutcome(told, words);
  if (!['=', '~', '0'].includes(words[0] ?? '') && !words.includes('x'))
    assert.deepStrictEqual(told.reviews, marked('?'));
}

function checkOutcome({ outcomes, codes }: Told, words: string[]): void {
  const [first] = words;
  const reviewed = words.filter((word) => word.startsWith('?'));
  if (first === '0' || words.includes('…')) return assert.deepStrictEqual(outcomes, []);
  if (words.includes('x')) {
    const code = words[words.indexOf('x') + 1];
    const isParked = code === 'park';
    return assert.deepStrictEqual([outcomes, codes], [['rejected'], [isParked ? undefined : code]]);
  }
  if (first === '=') return assert.deepStrictEqual(outcomes, ['duplicate']);
  if (first === '~') return assert.equal(outcomes[0], 'stale');
  if (reviewed.length === 0) assert.equal(outcomes.includes('review'), false, 'nobody is called');
  assert.ok(outcomes[0] === 'applied' || outcomes[0] === 'review');
}

/** What follows for access, papers and the CRM, as the specification lists it by transition. */
function worksOf(before: Ledger, to: OrderState, posted: string[], words: string[]): string[] {
  const moved = stateOf(before) !== to;
  const { granted, epoch } = before.access;
  const works = posted.map((kind) => `$${kind}`);
  if (moved && to === 'paid' && !granted) works.push('grant_access', 'issue_invoice');
  if (posted.includes('refund') && epoch > 0) works.push('issue_credit_note');
  if (moved && (to === 'refunded' || to === 'cancelled') && granted) works.push('revoke_access');
  if (words.includes('grant')) works.push('grant_access');
  if (words.includes('revoke')) works.push('revoke_access');
  if (words.includes('park')) works.push('park_payment');
  if (words.includes('crm') || (moved && to !== 'initiated' && to !== 'pending'))
    works.push('update_crm');
  return works;
}
