/** The customer's access: by money, while a bank may take it back, and by a person's decision. */
import assert from 'node:assert/strict';
import type { Ledger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import { HOLDS } from '../support/matrix-access.ts';
import {
  again,
  cancel,
  captured,
  captureReversed,
  decide,
  decideAccess,
  dispute,
  done,
  refund,
  snapshot,
  TERMS,
  told,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import {
  apply,
  given,
  givenWith,
  type Happening,
  ledgerAfter,
  ledgerOf,
} from '../support/order-story.ts';

const accessAfter = (...happenings: Happening[]) => viewOf(ledgerAfter(...happenings)).access;
const accessOf = (ledger: Ledger) => viewOf(ledger).access;

describe('access, of an order that withholds it while it is disputed', () => {
  it('is revoked with the dispute and granted again when it is won, without another invoice', () => {
    givenWith(HOLDS, ...IN.paid)
      .when(dispute('opened'))
      .then({ state: 'paid', works: ['revoke_access:1'], reviews: [], granted: false });
    assert.deepEqual(accessOf(ledgerOf(HOLDS, [...IN.paid, dispute('opened')])), {
      status: 'held',
      byHand: false,
    });
    givenWith(HOLDS, ...IN.paid, dispute('opened'))
      .when(dispute('won'))
      .then({ works: ['grant_access:2'], granted: true });
  });

  it('stays while a bank only inquires', () => {
    givenWith(HOLDS, ...IN.paid)
      .when(dispute('inquiry'))
      .then({ works: [], granted: true });
  });

  it('stays withheld until the last of several disputes has ended', () => {
    const two = [dispute('opened', 40), dispute('opened', 60, 'dsp_2')];
    givenWith(HOLDS, ...IN.paid, ...two)
      .when(dispute('won', 40))
      .then({ works: [], granted: false });
    givenWith(HOLDS, ...IN.paid, ...two, dispute('won', 40))
      .when(dispute('won', 60, 'dsp_2'))
      .then({ works: ['grant_access:2'] });
  });

  it('ends for good where all was lost, and comes back where a part was: the order is still paid', () => {
    givenWith(HOLDS, ...IN.paid, dispute('opened'))
      .when(dispute('lost'))
      .then({
        state: 'refunded',
        works: ['post_ledger:chargeback-dsp_1', 'update_crm:refunded-1'],
      });
    givenWith(HOLDS, ...IN.paid, dispute('opened', 40))
      .when(dispute('lost', 40))
      .then({ state: 'paid', works: ['post_ledger:chargeback-dsp_1', 'grant_access:2'] });
  });

  it('ends when a dispute that was won is lost after all, as the gateway confirms', () => {
    const lost = { disputeId: 'dsp_1', amountMinor: 100, status: 'lost' as const };
    givenWith(HOLDS, ...IN.paid, dispute('opened'), dispute('won'), dispute('lost'))
      .when(told(snapshot('captured', 'pay_1', { disputes: [lost] })))
      .then({ state: 'refunded', granted: false });
  });

  it('is not granted to an order that is disputed before it is paid, which has its invoice all the same', () => {
    givenWith(HOLDS, ...IN.partially_paid, dispute('opened', 40))
      .when(captured(60, 'cap_2'))
      .then({
        state: 'paid',
        works: ['post_ledger:capture-cap_2', 'issue_invoice:1', 'update_crm:paid-1'],
      });
    givenWith(HOLDS, ...IN.partially_paid, dispute('opened', 40), captured(60, 'cap_2'))
      .when(dispute('won', 40))
      .then({ works: ['grant_access:1'] });
  });

  it('has credit notes that wait for the invoice, whatever was granted since', () => {
    const ledger = ledgerOf(HOLDS, [
      ...IN.paid,
      dispute('opened'),
      dispute('won'),
      refund('succeeded', 40),
    ]);
    const note = Object.values(ledger.effects).find(
      ({ command }) => command.effect === 'issue_credit_note',
    );
    assert.ok(note !== undefined && 'after' in note.command);
    assert.equal(note.command.after, 'ord_1:issue_invoice:1');
  });

  it('is granted again only once the revocation before it has been told', () => {
    const before = [...IN.paid, done('grant_access', 1), dispute('opened')];
    const keysOf = (...happenings: Happening[]): string[] => {
      const [last, ...earlier] = [...happenings].reverse();
      assert.ok(last);
      const { effects } = apply(ledgerOf(HOLDS, earlier.reverse()), last);
      return effects.map(({ key }) => key);
    };
    assert.deepEqual(keysOf(...before, dispute('won')), []);
    assert.deepEqual(keysOf(...before, dispute('won'), done('revoke_access', 1)), [
      'ord_1:grant_access:2',
    ]);
    assert.deepEqual(keysOf(...before, done('revoke_access', 1), dispute('won')), [
      'ord_1:grant_access:2',
    ]);
  });
});

describe('access, of an order that keeps it', () => {
  it('stays whatever becomes of the dispute, until all was lost', () => {
    given(...IN.paid)
      .when(dispute('opened'))
      .then({ works: [], granted: true });
    given(...IN.paid, dispute('opened'))
      .when(dispute('lost'))
      .then({ state: 'refunded', granted: false });
  });
});

describe('access that a person has revoked', () => {
  const revoked = [...IN.paid, decideAccess('revoke')];

  it('is gone at once, and no money has moved', () => {
    given(...IN.paid)
      .when(decideAccess('revoke'))
      .then({ state: 'paid', outcomes: ['applied'], asks: [], works: ['revoke_access:1'] });
    assert.deepEqual(accessAfter(...revoked), { status: 'revoked', byHand: true });
  });

  it('is revoked once, however often it is asked for', () => {
    const once = decideAccess('revoke');
    given(...IN.paid, once)
      .when(once)
      .thenNothing();
    given(...IN.paid, once)
      .when(again(once))
      .thenNothing();
  });

  it('stays so when the order is refunded and paid again, until a person grants it', () => {
    const refunded = [
      ...revoked,
      refund('succeeded'),
      ...another(),
      captured(100, 'cap_2', 'pay_2'),
    ];
    given(...refunded)
      .when(decide('approve', 'captured_after_refund'))
      .then({ state: 'paid', works: ['issue_invoice:2', 'update_crm:paid-2'], granted: false });
    given(...refunded, decide('approve', 'captured_after_refund'))
      .when(decideAccess('grant'))
      .then({ works: ['grant_access:2'], granted: true });
  });

  it('does not come back with the end of a dispute', () => {
    givenWith(HOLDS, ...IN.paid, dispute('opened'), decideAccess('revoke'))
      .when(dispute('won'))
      .then({ works: [], granted: false });
    givenWith(HOLDS, ...IN.paid, dispute('opened'))
      .when(decideAccess('revoke'))
      .then({ outcomes: ['applied'], works: [] });
  });

  it('is what it was once it is granted: a refund ends it', () => {
    const back = [...revoked, decideAccess('grant')];
    given(...revoked)
      .when(decideAccess('grant'))
      .then({ works: ['grant_access:2'] });
    assert.deepEqual(accessAfter(...back), { status: 'granted', byHand: false });
    given(...back)
      .when(refund('succeeded'))
      .then({ state: 'refunded', granted: false });
  });

  it('cannot be revoked where there is none', () => {
    for (const before of [IN.initiated, IN.pending, IN.refunded, IN.cancelled])
      given(...before)
        .when(decideAccess('revoke'))
        .thenRejected('access_not_granted');
  });
});

describe('access that a person has granted', () => {
  it('needs no money, and is no sale: there is no invoice', () => {
    given(...IN.pending)
      .when(decideAccess('grant'))
      .then({ state: 'pending', outcomes: ['applied'], works: ['grant_access:1'] });
    assert.deepEqual(accessAfter(...IN.pending, decideAccess('grant')), {
      status: 'granted',
      byHand: true,
    });
  });

  it('is granted once, and not again when the money comes, which brings the invoice', () => {
    given(...IN.paid)
      .when(decideAccess('grant'))
      .thenNothing();
    const paid = [...IN.pending, decideAccess('grant'), captured()];
    given(...IN.pending, decideAccess('grant'))
      .when(captured())
      .then({ works: ['post_ledger:capture-cap_1', 'issue_invoice:1', 'update_crm:paid-1'] });
    assert.deepEqual(accessAfter(...paid), { status: 'granted', byHand: false });
    given(...paid)
      .when(refund('succeeded'))
      .then({ state: 'refunded', granted: false });
  });

  it('ends with the cancellation or the refund of its order', () => {
    given(...IN.initiated, decideAccess('grant'))
      .when(cancel())
      .then({ state: 'cancelled', works: ['revoke_access:1', 'update_crm:cancelled-1'] });
    given(...IN.partially_paid, decideAccess('grant'))
      .when(refund('succeeded', 40))
      .then({ state: 'refunded', granted: false });
  });

  it('ends when a person has approved that it ends with the money', () => {
    given(...IN.paid, captureReversed(), decideAccess('revoke'), decideAccess('grant'))
      .when(decide('approve', 'capture_reversed'))
      .then({ granted: false });
  });

  it('goes before an open dispute, for as long as that is open', () => {
    const held = [...IN.paid, dispute('opened')];
    givenWith(HOLDS, ...held)
      .when(decideAccess('grant'))
      .then({ works: ['grant_access:2'], granted: true });
    givenWith(HOLDS, ...held, decideAccess('grant'), dispute('won'))
      .when(dispute('opened', 40, 'dsp_2'))
      .then({ works: ['revoke_access:2'], granted: false });
  });

  it('is given of a refunded order for goodwill, until a person revokes it', () => {
    given(...IN.refunded)
      .when(decideAccess('grant'))
      .then({ state: 'refunded', works: ['grant_access:2'], granted: true });
    given(...IN.refunded, decideAccess('grant'))
      .when(decideAccess('revoke'))
      .then({ works: ['revoke_access:2'], granted: false });
  });

  it('leaves nothing behind once it is revoked: money that comes later earns access as ever', () => {
    given(...IN.pending, decideAccess('grant'), decideAccess('revoke'))
      .when(captured())
      .then({ granted: true });
  });
});

describe('access of an order from before decisions were kept', () => {
  const old = (): Ledger => {
    const { earned: _, ...access } = ledgerAfter(...IN.paid).access;
    return { ...ledgerAfter(...IN.paid), access };
  };

  it('is revoked and granted by hand as any other, and keeps its one invoice', () => {
    const revoked = apply(old(), decideAccess('revoke')).ledger;
    assert.deepEqual(accessOf(revoked), { status: 'revoked', byHand: true });
    const granted = apply(revoked, decideAccess('grant')).ledger;
    assert.deepEqual(accessOf(granted), { status: 'granted', byHand: false });
    const invoices = Object.keys(granted.effects).filter((key) => key.includes('issue_invoice'));
    assert.deepEqual(invoices, [`${TERMS.orderId}:issue_invoice:1`]);
  });
});
