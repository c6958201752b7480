/** Each loss of a rehearsal, as tests: orders of every life go on by themselves, and the invariants of the chaos run hold. */
import assert from 'node:assert/strict';
import { clerkOf } from '../support/operator-client.ts';
import { orderBody, readOrder, shopOn, untilSettled } from '../support/shop.ts';
import { LIFE_NAMES, type Orders, peopleOf } from './lives.ts';
import { type Rehearsal, SITUATIONS } from './rehearsal.ts';

/** @param of the rehearsal, once it has begun */
export function rehearseEachLoss(of: () => Rehearsal): void {
  for (const [name, { lost, putBack, lostSignals }] of Object.entries(SITUATIONS))
    describe(`where ${name}`, () => {
      const losesRecords = lost.includes('database');
      let orders: Orders;
      let rehearsal: Rehearsal;
      let begunSince: string;
      let said = '';
      let given: number;

      before(async () => {
        rehearsal = of();
        const people = peopleOf(shopOn(rehearsal.stack));
        orders = await rehearsal.begin();
        const backup = putBack === undefined ? '' : await rehearsal.backUp();
        begunSince = (await people.paidOrder()).id;
        await rehearsal.goOn(orders);
        given = await lastInvoice(rehearsal);
        await rehearsal.lose(...lost);
        if (putBack !== undefined) said = await rehearsal.putBack(backup, putBack);
      });

      it('brings every order to what it is, by itself', async () => {
        await rehearsal.start(lostSignals, orders);
      });

      it('charges nobody twice, and refunds nobody twice', async () => {
        const shop = shopOn(rehearsal.stack);
        for (const life of LIFE_NAMES) {
          const { body } = await shop.gateway<{ payments: { refunds: unknown[] }[] }>(
            'GET',
            `/payments?orderId=${orders[life].id}`,
          );
          const isUnclicked = life === 'is not clicked';
          const tries = life === 'is paid by a second try since' ? 2 : 1;
          assert.equal(body.payments.length, isUnclicked ? 0 : tries, life);
          const refunds = body.payments.flatMap((payment) => payment.refunds).length;
          assert.equal(refunds, life.includes('refunded') ? 1 : 0, life);
        }
      });

      if (losesRecords)
        it('names the orders that began since; created and clicked again, each finds its payment', async () => {
          const shop = shopOn(rehearsal.stack);
          assert.equal((await shop.call('GET', `/v1/orders/${begunSince}`)).status, 404);
          if (!lostSignals) assert.match(said, new RegExp(`have no record: .*${begunSince}`));
          assert.equal((await shop.call('POST', '/v1/orders', orderBody(begunSince))).status, 201);
          await clerkOf(shop).pay(begunSince);
          await clerkOf(shop).verify(begunSince);
          await untilSettled(shop, begunSince, 'paid');
        });
      else
        it('knows the orders that began since', async () => {
          assert.equal((await readOrder(shopOn(rehearsal.stack), begunSince)).state, 'paid');
        });

      if (losesRecords)
        it('gives no paper a number that another one may have had', async () => {
          const rows = await rehearsal.rows('select number from invoices where order_id = $1', [
            begunSince,
          ]);
          assert.ok(Number(rows[0]?.number) > given, `${rows[0]?.number} after ${given}`);
          assert.match(said, /numbers \d+ to \d+ of the series invoice are left/);
        });

      it('keeps the invariants of a chaos run', () => rehearsal.judge());

      it('serves new orders as ever', async () => {
        const { id } = await peopleOf(shopOn(rehearsal.stack)).paidOrder();
        assert.equal((await readOrder(shopOn(rehearsal.stack), id)).state, 'paid');
      });
    });
}

async function lastInvoice(rehearsal: Rehearsal): Promise<number> {
  const [row] = await rehearsal.rows("select last::int from number_series where name = 'invoice'");
  return Number(row?.last);
}
