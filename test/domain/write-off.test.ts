/** An order that was paid short, and whose rest a person does without. */
import assert from 'node:assert/strict';
import { refundableMinor, stateOf } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import {
  again,
  byHand,
  cancel,
  captured,
  captureReversed,
  created,
  dispute,
  pay,
  reached,
  refund,
  writeOff,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, ledgerAfter } from '../support/order-story.ts';

describe('the rest of an order that was paid short', () => {
  it('can be done without: the order is paid, and the books have the rest as an expense', () => {
    given(...IN.partially_paid)
      .when(writeOff(60))
      .then({
        state: 'paid',
        outcomes: ['applied'],
        asks: [],
        works: [
          'post_ledger:write_off-ord_1.1',
          'grant_access:1',
          'issue_invoice:1',
          'update_crm:paid-1',
        ],
      });
    const { amountPaid, amountWrittenOff } = viewOf(
      ledgerAfter(...IN.partially_paid, writeOff(60)),
    );
    assert.deepEqual([amountPaid, amountWrittenOff], [40, 60]);
  });

  it('is named on the invoice beside the ways by which the other part was paid', () => {
    const paidBy = (...before: Parameters<typeof ledgerAfter>) =>
      Object.values(ledgerAfter(...before).effects).flatMap(({ command }) =>
        command.effect === 'issue_invoice' ? [command.paidBy] : [],
      );
    assert.deepEqual(paidBy(...IN.partially_paid, writeOff(60)), [['sandbox', 'write_off']]);
    assert.deepEqual(paidBy(byHand({ amountMinor: 90 }), writeOff(10)), [['cash', 'write_off']]);
  });

  it('is written off once, however often it is asked for', () => {
    const once = writeOff(60);
    given(...IN.partially_paid, once)
      .when(once)
      .thenNothing();
    given(...IN.partially_paid, once)
      .when(again(once))
      .thenRejected('order_already_paid');
  });

  it('is no more than the limit, and just what is outstanding', () => {
    given(...IN.partially_paid)
      .when(writeOff(60, 59))
      .thenRejected('write_off_over_limit');
    given(...IN.partially_paid)
      .when(writeOff(50))
      .thenRejected('write_off_differs');
  });

  it('is not written off where nothing was paid, or where a bank may take it back', () => {
    given(...IN.pending)
      .when(writeOff(100))
      .thenRejected('nothing_to_write_off');
    given(...IN.partially_paid, dispute('opened', 40))
      .when(writeOff(60))
      .thenRejected('order_disputed');
    given(...IN.partially_paid, pay(2), created('pay_2', 2), cancel())
      .when(writeOff(60))
      .thenRejected('order_closed');
  });

  it('needs nobody any more whose time to pay it was over', () => {
    given(...IN.partially_paid, reached('expiry'))
      .when(writeOff(60))
      .then({ state: 'paid', reviews: [] });
  });

  it('cannot be paid any more: what was open for it is voided, and what comes all the same is for a person', () => {
    const rest = [...IN.partially_paid, pay(2), created('pay_2', 2)];
    given(...rest)
      .when(writeOff(60))
      .then({ state: 'paid', asks: ['void_payment:pay_2'] });
    given(...rest, writeOff(60))
      .when(captured(60, 'cap_2', 'pay_2'))
      .then({ state: 'paid', reviews: ['double_payment'] });
  });

  it('is no money: what was paid can be refunded, and then the order is refunded', () => {
    assert.equal(refundableMinor(ledgerAfter(...IN.partially_paid, writeOff(60))), 40);
    given(...IN.partially_paid, writeOff(60))
      .when(refund('succeeded', 40))
      .then({ state: 'refunded' });
  });

  it('is due again once none of the other part stands, and the books take it back', () => {
    const reversed = apply(ledgerAfter(...IN.partially_paid, writeOff(60)), captureReversed(40));
    assert.equal(stateOf(reversed.ledger), 'failed');
    assert.equal(viewOf(reversed.ledger).amountWrittenOff, 0);
    given(...IN.partially_paid, writeOff(60))
      .when(captureReversed(40))
      .then({
        reviews: ['capture_reversed'],
        works: [
          'post_ledger:capture_reversed-cap_1',
          'post_ledger:write_off_reversed-ord_1.1',
          'update_crm:failed-1',
        ],
      });
  });
});
