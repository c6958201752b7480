/** A message that another system has got already, and that a person sends once more. */
import assert from 'node:assert/strict';
import type { Effect } from '../../src/domain/effects/effects.ts';
import { again, decideAccess, done, refund, refused, resend } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, type Happening, ledgerAfter } from '../support/order-story.ts';

const TOLD: Happening[] = [
  ...IN.paid,
  done('post_ledger', 'capture-cap_1'),
  done('grant_access', 1),
  done('issue_invoice', 1),
  done('update_crm', 'paid-1'),
];

function startedBy(happening: Happening, ...before: Happening[]): readonly Effect[] {
  return apply(ledgerAfter(...before), happening).effects;
}

describe('a message that is sent again', () => {
  it('is the same one under the same key, to be sent a second time and a third', () => {
    const [second] = startedBy(resend('update_crm:paid-1'), ...TOLD);
    assert.deepEqual(second, {
      effect: 'update_crm',
      key: 'ord_1:update_crm:paid-1',
      state: 'paid',
      times: 2,
    });
    const once = [...TOLD, resend('update_crm:paid-1'), done('update_crm', 'paid-1')];
    const [third] = startedBy(resend('update_crm:paid-1', 'resend-2'), ...once);
    assert.equal(third !== undefined && 'times' in third && third.times, 3);
  });

  it('is sent again once for one request, and not while it is on its way', () => {
    const asked = resend('update_crm:paid-1');
    given(...TOLD, asked)
      .when(asked)
      .thenNothing();
    given(...TOLD, asked)
      .when(again(asked))
      .thenRejected('effect_not_resendable');
  });

  it('is what comes after it waits for', () => {
    const started = startedBy(refund('succeeded'), ...TOLD, resend('update_crm:paid-1'));
    assert.equal(
      started.some(({ effect }) => effect === 'update_crm'),
      false,
    );
    const released = startedBy(
      done('update_crm', 'paid-1'),
      ...TOLD,
      resend('update_crm:paid-1'),
      refund('succeeded'),
    );
    assert.deepEqual(
      released.map(({ key }) => key),
      ['ord_1:update_crm:refunded-1'],
    );
  });

  it('may be refused by the other system this time: it stays delivered, and says so', () => {
    const before = [...TOLD, resend('update_crm:paid-1')];
    given(...before)
      .when(refused('update_crm', 'paid-1'))
      .then({ outcomes: ['applied'] });
    const { effects } = ledgerAfter(...before, refused('update_crm', 'paid-1'));
    const entry = effects['ord_1:update_crm:paid-1'];
    assert.equal(entry?.status, 'done');
    assert.ok(entry.error);
  });

  it('is in review where the other system refuses it and had none of it before either', () => {
    const refusal = { ...refused('update_crm', 'paid-1'), isUndelivered: true };
    const before = [...TOLD, resend('update_crm:paid-1')];
    const { effects, reviews } = ledgerAfter(...before, refusal);
    assert.equal(effects['ord_1:update_crm:paid-1']?.status, 'failed');
    assert.deepEqual(
      Object.values(reviews).map(({ reason }) => reason),
      ['effect_failed'],
    );
  });

  it('holds nothing back where it is refused, such as the revocation that came meanwhile', () => {
    const before = [...TOLD, resend('grant_access:1'), decideAccess('revoke')];
    assert.deepEqual(
      startedBy(refused('grant_access', 1), ...before).map(({ key }) => key),
      ['ord_1:revoke_access:1'],
    );
  });

  it('is none that nobody is told by, that does not exist or that was not delivered yet', () => {
    for (const name of ['issue_invoice:1', 'update_crm:failed-9', 'constructor'])
      given(...TOLD)
        .when(resend(name))
        .thenRejected('effect_not_resendable');
    given(...IN.paid)
      .when(resend('update_crm:paid-1'))
      .thenRejected('effect_not_resendable');
  });

  it('is none about access that is another one by now, nor one that others wait for', () => {
    const revoked = [...TOLD, decideAccess('revoke')];
    given(...revoked)
      .when(resend('grant_access:1'))
      .thenRejected('effect_not_resendable');
    given(...revoked, done('revoke_access', 1))
      .when(resend('grant_access:1'))
      .thenRejected('effect_not_resendable');
    given(...revoked, done('revoke_access', 1))
      .when(resend('revoke_access:1'))
      .then({ outcomes: ['applied'] });
  });
});
