import assert from 'node:assert/strict';
import { createWebhookDedupe } from '../../src/api/webhooks/webhook-dedupe.ts';

const DELIVERY = { id: 'sandbox:evt_1', bodyHash: 'h1' };
const ACCEPTED = { orderId: 'ord_1', type: 'payment.captured', isRepeat: false };
const mustNotRun = () => Promise.reject(new Error('accepted again'));

describe('a webhook that was accepted', () => {
  it('is a duplicate when it comes again, and says of what', async () => {
    const dedupe = createWebhookDedupe();
    assert.deepEqual(await dedupe.once(DELIVERY, async () => ACCEPTED), { status: 'accepted' });
    const again = await dedupe.once(DELIVERY, mustNotRun);
    assert.equal(again.status, 'duplicate');
    assert.equal(again.status === 'duplicate' && again.of.orderId, 'ord_1');
  });

  it('is a duplicate from the first time on where its order had it before', async () => {
    const of = { ...ACCEPTED, isRepeat: true };
    const verdict = await createWebhookDedupe().once(DELIVERY, async () => of);
    assert.deepEqual(verdict, { status: 'duplicate', of });
  });

  it('conflicts with other bytes under the same id', async () => {
    const dedupe = createWebhookDedupe();
    await dedupe.once(DELIVERY, async () => ACCEPTED);
    const other = await dedupe.once({ ...DELIVERY, bodyHash: 'h2' }, mustNotRun);
    assert.deepEqual(other, { status: 'conflict' });
  });
});

describe('equal webhooks at once', () => {
  it('are accepted once', async () => {
    const dedupe = createWebhookDedupe();
    let times = 0;
    const accept = async () => {
      times += 1;
      await new Promise(setImmediate);
      return ACCEPTED;
    };
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, () => dedupe.once(DELIVERY, accept)),
    );
    assert.equal(times, 1);
    assert.equal(verdicts.filter(({ status }) => status === 'accepted').length, 1);
    assert.equal(verdicts.filter(({ status }) => status === 'duplicate').length, 49);
  });

  it('T30 all fail with the first, and the next is taken', async () => {
    const dedupe = createWebhookDedupe();
    const fail = () => Promise.reject(new Error('Temporal is away'));
    const both = await Promise.allSettled([
      dedupe.once(DELIVERY, fail),
      dedupe.once(DELIVERY, fail),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(await dedupe.once(DELIVERY, async () => ACCEPTED), { status: 'accepted' });
  });
});
