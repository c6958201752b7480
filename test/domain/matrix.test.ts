/**
 * Every event in every state, in the specification's words and independent of the table that decides.
 *
 *   letter  the state afterwards: I initiated, P pending, PP partially_paid, PD paid, F failed, C cancelled, R refunded
 *   =  a repeat        ~  too late to matter        x code  refused        …  the caller waits        0  leaves no trace
 *   late  confirmed after failing      +call  the gateway is asked      ?reason  reviews open afterwards
 *   crm  the CRM is told that it is pending again
 *   $kind  what is posted to the books      –  cannot happen, see below why
 */
import assert from 'node:assert/strict';
import { ORDER_STATES, type OrderState } from '../../src/domain/order.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { type Row, TABLE } from '../../src/domain/table.ts';
import { SCENES } from '../support/matrix-rows.ts';
import { apply, ledgerAfter, type Told, tell } from '../support/order-story.ts';

const MATRIX = `
what happens                 | I                              | P                               | PP                            | PD                             | F                              | C                                  | R
pay.requested                | P +create …                    | P +create …                     | PP +create …                  | x order_already_paid           | P +create …                    | x order_closed                     | x order_already_paid
pay.requested.in_flight      | –                              | x attempt_in_progress           | x attempt_in_progress         | x order_already_paid           | –                              | x order_closed                     | x order_already_paid
pay.repeated                 | –                              | =                               | =                             | x order_already_paid           | x order_closed                 | x order_closed                     | x order_already_paid
pay.unanswered               | –                              | P +fetch                        | PP +fetch                     | PD +fetch                      | F +fetch ?partial_expired ?capture_reversed | C +fetch              | R +fetch
pay.refused                  | –                              | F                               | PP                            | ~                              | F ?partial_expired ?capture_reversed | ~                            | ~
payment.adopted              | P                              | P                               | PP                            | PD +void                       | P crm                          | C +void                            | R +void
payment.pending              | P                              | P                               | PP                            | PD                             | P late crm                     | C +void                            | R +void
payment.authorized           | P +capture                     | P +capture                      | PP +capture                   | –                              | P late +capture crm            | C +void                            | R +void ?authorized_after_refund
payment.authorized.surplus   | –                              | P +void                         | PP +void                      | PD +void                       | F +void                        | C +void                            | R +void
payment.authorized.mismatch  | I ?amount_mismatch             | P ?amount_mismatch              | PP ?amount_mismatch           | PD +void                       | F ?amount_mismatch             | C +void                            | R +void
payment.authorized.after_end | –                              | ~ +fetch                        | ~ +fetch                      | ~ +fetch                       | ~ +fetch                       | ~ +fetch                           | ~ +fetch
payment.pending.after_end    | –                              | ~ +fetch                        | ~ +fetch                      | ~ +fetch                       | ~ +fetch                       | ~ +fetch                           | ~ +fetch
payment.captured.partial     | PP $capture                    | PP $capture                     | PP $capture                   | –                              | PP late $capture               | C ?paid_after_cancel $capture      | R ?captured_after_refund $capture
payment.captured.exact       | PD $capture                    | PD $capture                     | PD $capture                   | –                              | PD late $capture               | C ?paid_after_cancel $capture      | R ?captured_after_refund $capture
payment.captured.over        | PD ?overpaid $capture          | PD ?overpaid $capture           | PD ?overpaid $capture         | PD ?double_payment $capture    | PD late ?overpaid $capture     | C ?paid_after_cancel $capture      | R ?captured_after_refund $capture
payment.discounted           | –                              | –                               | PD $discount                  | PD $discount                   | –                              | C ?paid_after_cancel $discount     | R $discount
payment.captured.currency    | I ?currency_mismatch           | F ?currency_mismatch            | PP ?currency_mismatch         | PD ?currency_mismatch          | F ?currency_mismatch           | C ?currency_mismatch               | R ?currency_mismatch
payment.captured.reversed    | F $capture $capture_reversed   | F $capture $capture_reversed    | PP $capture $capture_reversed | PD $capture $capture_reversed  | F $capture $capture_reversed   | C $capture $capture_reversed       | R $capture $capture_reversed
capture.reversed             | –                              | –                               | F ?capture_reversed $capture_reversed | F ?capture_reversed $capture_reversed | –              | C $capture_reversed                | R ?capture_reversed $capture_reversed
capture.reversed.early       | ~                              | ~                               | ~                             | ~                              | ~                              | ~                                  | ~
capture.reversed.currency    | I ?currency_mismatch           | P ?currency_mismatch            | PP ?currency_mismatch         | PD ?currency_mismatch          | F ?currency_mismatch           | C ?currency_mismatch               | R ?currency_mismatch
payment.failed               | F                              | F                               | PP                            | ~                              | F                              | ~                                  | ~
payment.expired              | F                              | F                               | PP                            | ~                              | F                              | ~                                  | ~
payment.voided               | F                              | F                               | PP                            | ~                              | F                              | C                                  | ~
payment.gone                 | –                              | F                               | PP                            | ~                              | F                              | ~                                  | ~
payment.reopened             | –                              | P                               | PP                            | PD                             | –                              | C                                  | R
order.expired                | F                              | F +void                         | PP ?partial_expired           | 0                              | F +void                        | 0                                  | 0
cancel.requested             | C                              | –                               | C +refund                     | x order_already_paid           | C                              | =                                  | x order_already_paid
cancel.requested.live        | I +void … ?amount_mismatch     | P +void …                       | PP +void …                    | x order_already_paid           | F +void …                      | =                                  | x order_already_paid
cancel.requested.disputed    | –                              | –                               | x order_disputed              | –                              | –                              | –                                  | –
void.refused                 | –                              | P +fetch                        | PP                            | ~                              | F                              | C ?cancel_diverged                 | ~
void.refused.authorized      | –                              | P +fetch                        | PP ?amount_mismatch           | PD ?double_payment             | F                              | C ?authorized_after_cancel         | R ?authorized_after_refund
capture.refused              | –                              | P +fetch                        | PP +fetch                     | ~                              | F +fetch                       | ~                                  | ~
capture.refused.held         | –                              | P ?capture_refused              | PP ?capture_refused           | –                              | F ?capture_refused             | –                                  | –
refund.requested             | x order_not_paid               | x order_not_paid                | PP +refund …                  | PD +refund …                   | x order_not_paid               | x order_not_paid                   | x order_not_paid
refund.requested.all         | x order_not_paid               | x order_not_paid                | PP +refund …                  | PD +refund …                   | x order_not_paid               | x order_not_paid                   | x order_not_paid
refund.requested.over        | x order_not_paid               | x order_not_paid                | x refund_exceeds_captured     | x refund_exceeds_captured      | x order_not_paid               | x order_not_paid                   | x order_not_paid
refund.requested.disputed    | x order_not_paid               | x order_not_paid                | x order_disputed              | x order_disputed               | x order_not_paid               | x order_not_paid                   | x order_not_paid
refund.pending               | I                              | P                               | PP                            | PD                             | F                              | C                                  | ~
refund.succeeded.early       | I +fetch                       | P +fetch                        | PP +fetch                     | PD +fetch                      | F +fetch                       | C +fetch                           | R +fetch
refund.succeeded.partial     | –                              | –                               | PP $refund                    | PD $refund                     | –                              | C ?paid_after_cancel $refund       | R ?captured_after_refund $refund
refund.succeeded.full        | –                              | –                               | R $refund                     | R $refund                      | –                              | C $refund                          | R $refund
refund.succeeded.over        | –                              | P ?capture_reversed ?over_refund $refund | R ?over_refund $refund | R ?over_refund $refund         | F ?capture_reversed ?over_refund $refund | C ?over_refund $refund   | R ?over_refund $refund
refund.failed                | I                              | P                               | PP ?refund_failed             | PD ?refund_failed              | F                              | C ?refund_failed                   | ~
refund.reversed              | I                              | P                               | PP ?refund_reversed $refund_reversed | PD ?refund_reversed $refund_reversed | F                 | C ?refund_reversed                 | R ?refund_reversed $refund_reversed
refund.flip                  | I +fetch ?refund_flip          | P +fetch ?refund_flip           | PP +fetch ?refund_failed ?refund_flip | PD +fetch ?refund_failed ?refund_flip | F +fetch ?refund_flip | C +fetch ?refund_failed ?refund_flip | R +fetch ?refund_flip
dispute.inquiry              | I                              | P                               | PP                            | PD                             | F                              | C                                  | R
dispute.opened               | I +fetch ?dispute_without_capture | P +fetch ?dispute_without_capture | PP                       | PD                             | F +fetch ?dispute_without_capture | C ?dispute_after_cancel         | R ?dispute_on_refunded
dispute.won                  | I                              | P                               | PP                            | PD                             | F                              | C                                  | R
dispute.lost                 | –                              | –                               | PP $chargeback                | PD $chargeback                 | –                              | C ?paid_after_cancel $chargeback   | R ?captured_after_refund $chargeback
dispute.lost.all             | –                              | –                               | R $chargeback                 | R $chargeback                  | –                              | C $chargeback                      | R $chargeback
dispute.lost.early           | I ?dispute_without_capture     | P ?dispute_without_capture      | PP ?dispute_without_capture   | PD ?dispute_without_capture    | F                              | C                                  | R ?dispute_without_capture
dispute.lost.over            | –                              | P ?capture_reversed ?double_loss $chargeback | R ?double_loss $chargeback | R ?double_loss $chargeback | F ?capture_reversed ?double_loss $chargeback | C ?double_loss $chargeback | R ?double_loss $chargeback
dispute.currency             | I ?currency_mismatch           | P ?currency_mismatch            | PP ?currency_mismatch         | PD ?currency_mismatch          | F ?currency_mismatch           | C ?currency_mismatch               | R ?currency_mismatch
dispute.flip                 | I +fetch ?dispute_flip         | P +fetch ?dispute_flip          | PP +fetch ?dispute_flip       | PD +fetch ?dispute_flip        | F +fetch ?dispute_flip         | C +fetch ?dispute_flip             | R +fetch ?dispute_flip
verify.requested             | x no_payment_attempt           | P +fetch …                      | PP +fetch …                   | =                              | F +fetch …                     | C +fetch …                         | =
verify.requested.stranger    | I +fetch …                     | P +fetch …                      | PP +fetch …                   | PD +fetch …                    | F +fetch …                     | C +fetch …                         | R +fetch …
verify.other_order           | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order | x payment_belongs_to_other_order
fact.delivered_again         | =                              | =                               | =                             | =                              | =                              | =                                  | =
fact.told_again              | =                              | =                               | =                             | =                              | =                              | =                                  | =
fact.contradicted            | I ?fact_conflict               | P ?fact_conflict                | PP ?fact_conflict             | PD ?fact_conflict              | F ?fact_conflict               | C ?fact_conflict                   | R ?fact_conflict
fact.of_unknown_payment      | I +fetch …                     | P +fetch …                      | PP +fetch …                   | PD +fetch …                    | F +fetch …                     | C +fetch …                         | R +fetch …
`;

/** Why a cell marked "–" cannot be reached: no ledger in that state gives the event that row. */
const IMPOSSIBLE: Record<string, string> = {
  'pay.requested.in_flight I': 'money in flight makes an order pending',
  'pay.requested.in_flight F':
    'an order with money in flight fails only in review, and that answers first',
  'pay.repeated I': 'a live attempt makes an order pending',
  'pay.unanswered I': 'an attempt that is being opened makes an order pending',
  'pay.refused I': 'an attempt that is being opened makes an order pending',
  'payment.authorized PD': 'nothing is outstanding, so no amount fits',
  'payment.authorized.surplus I':
    'what the outstanding amount is promised to makes an order pending',
  'payment.authorized.after_end I': 'a payment that ended makes an order failed',
  'payment.pending.after_end I': 'a payment that ended makes an order failed',
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
  'dispute.lost I': 'there was money to lose, and money makes an order paid',
  'dispute.lost P': 'there was money to lose, and money makes an order paid',
  'dispute.lost F': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all I': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all P': 'there was money to lose, and money makes an order paid',
  'dispute.lost.all F': 'there was money to lose, and money makes an order paid',
  'dispute.lost.over I': 'a payment whose money came and went makes an order failed',
};

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
          assert.equal(SCENES[name]?.before[state], undefined);
          const decided = decidedBy[name]?.[state].verdict ?? 'impossible';
          assert.equal(decided, 'impossible', 'the table decides what cannot happen');
        });
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

function check(name: string, state: OrderState, cell: string): void {
  const scenes = SCENES[name];
  assert.ok(scenes?.before[state], 'say how it comes to pass');
  const before = ledgerAfter(...scenes.before[state]);
  assert.equal(stateOf(before), state, 'what is given');
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
      works: worksOf(before, to, marked('$'), words.includes('crm')),
    },
  );
  const decided = decidedBy[name]?.[state];
  const ends = [decided?.to ?? state, ...(decided?.may ?? [])];
  if (decided !== undefined) assert.ok(ends.includes(to), `the table says ${ends.join(' or ')}`);
  checkOutcome(told, words);
  if (!['=', '~', 'x', '0'].includes(words[0] ?? ''))
    assert.deepStrictEqual(told.reviews, marked('?'));
}

function checkOutcome({ outcomes, codes }: Told, words: string[]): void {
  const [first, second] = words;
  const reviewed = words.filter((word) => word.startsWith('?'));
  if (first === '0' || words.includes('…')) return assert.deepStrictEqual(outcomes, []);
  if (first === 'x') return assert.deepStrictEqual([outcomes, codes], [['rejected'], [second]]);
  if (first === '=') return assert.deepStrictEqual(outcomes, ['duplicate']);
  if (first === '~') return assert.equal(outcomes[0], 'stale');
  if (reviewed.length === 0) assert.equal(outcomes.includes('review'), false, 'nobody is called');
  assert.ok(outcomes[0] === 'applied' || outcomes[0] === 'review');
}

/** What follows for access, papers and the CRM, as the specification lists it by transition. */
function worksOf(
  before: ReturnType<typeof ledgerAfter>,
  to: OrderState,
  posted: string[],
  isRevived: boolean,
): string[] {
  const moved = stateOf(before) !== to;
  const { granted, epoch } = before.access;
  const works = posted.map((kind) => `$${kind}`);
  if (moved && to === 'paid' && !granted) works.push('grant_access', 'issue_invoice');
  if (posted.includes('refund') && epoch > 0) works.push('issue_credit_note');
  if (moved && (to === 'refunded' || to === 'cancelled') && granted) works.push('revoke_access');
  if (isRevived || (moved && to !== 'initiated' && to !== 'pending')) works.push('update_crm');
  return works;
}
