/** From the click to the capture. */
import assert from 'node:assert/strict';
import { GatewayMisconfigured } from '../../gateways/gateway.ts';
import { gatewayPackageSchema, gatewayPaymentSchema } from '../../gateways/schemas.ts';
import { type Check, capture, isVoided, NotRun, unlessReadBack } from '../check.ts';

const group = 'payments';

export const PAYMENT_CHECKS: readonly Check[] = [
  {
    group,
    title: 'the package has the shape of a gateway, and no more settings than it declares',
    unless: () => null,
    async run({ package: given }) {
      const { error } = gatewayPackageSchema.safeParse(given);
      // The sandbox of Payonce shares variables with a process of its own.
      const issues = error?.issues.filter(({ path }) => path[0] !== 'settings') ?? [];
      if (!given.isForDevelopment) assert.deepEqual(error?.issues ?? [], []);
      assert.deepEqual(issues, []);
    },
  },
  {
    group,
    title: 'the configured key is taken, and one that is refused is distinguished from an outage',
    async run({ gateway, actor }) {
      await gateway.checkAccess();
      await actor.disturb('refuses the key');
      try {
        await assert.rejects(gateway.checkAccess(), GatewayMisconfigured);
      } finally {
        await actor.answerAgain();
      }
    },
  },
  {
    group,
    title: 'a payment that was opened names its order, its installation and its money',
    async run({ open, installationId, amountMinor, currency }) {
      const { payment, checkout, orderId } = await open();
      gatewayPaymentSchema.parse(payment);
      assert.deepEqual(
        [payment.orderId, payment.installationId, payment.amountMinor, payment.currency],
        [orderId, installationId, amountMinor, currency],
      );
      assert.ok(['created', 'pending'].includes(payment.status), payment.status);
      assert.ok(Object.keys(checkout).length > 0, 'checkout says how the customer goes on');
      for (const value of Object.values(checkout)) assert.equal(typeof value, 'string');
    },
  },
  {
    group,
    title: 'the same request under the same key opens one payment',
    async run({ open, newOrderId, newKey, actor }) {
      const terms = { orderId: newOrderId(), idempotencyKey: newKey() };
      const first = await open(terms);
      const second = await open(terms);
      assert.equal(second.paymentId, first.paymentId);
      assert.deepEqual(second.checkout, first.checkout);
      assert.equal((await actor.paymentsOf(terms.orderId)).length, 1);
    },
  },
  {
    group,
    title: 'one that is paid is reported once with its amount, and fetched with it',
    async run({ paid, reported, actor, amountMinor, currency }) {
      const { orderId, paymentId } = await paid();
      const fact = await reported(orderId, paymentId, 'payment.captured');
      assert.deepEqual([fact.amountMinor, fact.currency], [amountMinor, currency]);
      const [stored] = await actor.paymentsOf(orderId);
      assert.deepEqual(stored?.capturesMinor, [amountMinor]);
    },
  },
  {
    group,
    title: 'one that is fetched has the shape of a payment',
    unless: unlessReadBack,
    async run({ paid, fetch, reported }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      gatewayPaymentSchema.parse(await fetch(orderId, paymentId));
    },
  },
  {
    group,
    title: 'a try that fails is reported, and takes no money',
    needs: ['tell of a failed try'],
    async run({ open, reported, actor }) {
      const { orderId, paymentId } = await open();
      await actor.fail(paymentId);
      await reported(orderId, paymentId, 'payment.failed');
      const [stored] = await actor.paymentsOf(orderId);
      assert.deepEqual(stored?.capturesMinor, []);
    },
  },
  {
    group,
    title: 'one that the bank still works on is pending',
    needs: ['tell that the bank still works on it'],
    async run({ open, reported, actor }) {
      const { orderId, paymentId } = await open();
      await actor.pend(paymentId);
      await reported(orderId, paymentId, 'payment.pending');
    },
  },
  {
    group,
    title: 'a second try ends the first, so that one of them can be paid',
    unless: ({ void: ending }) =>
      ending === 'final' ? null : 'what was opened there cannot be ended for good',
    async run({ open, actor, newOrderId, standIn }) {
      if (standIn.cannot['capture what another try has followed'] === undefined)
        throw new NotRun('two tries of an order can be open at once there');
      const orderId = newOrderId();
      const first = await open({ orderId });
      await actor.fail(first.paymentId);
      const second = await open({ orderId, attempt: 2, supersedes: [first.paymentId] });
      const stored = await actor.paymentsOf(orderId);
      const payable = stored.filter(({ isVoided }) => !isVoided).map(({ paymentId }) => paymentId);
      assert.deepEqual(payable, [second.paymentId]);
    },
  },
  {
    group,
    title: 'an authorization is captured once, however often it is asked for',
    unless: ({ capture }) => (capture.manual ? null : 'it captures by itself'),
    async run(bench) {
      const { open, actor, reported, newKey, amountMinor } = bench;
      const { orderId, paymentId } = await open();
      await actor.authorize(paymentId);
      await reported(orderId, paymentId, 'payment.authorized');
      const request = { orderId, paymentId, amountMinor, idempotencyKey: newKey() };
      await capture(bench, request);
      await capture(bench, request);
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.capturesMinor, [amountMinor]);
    },
  },
  {
    group,
    title: 'less than the authorization is captured where less is wanted',
    unless: ({ capture }) =>
      capture.manual && capture.partial ? null : 'it takes no part of an authorization',
    async run(bench) {
      const { open, actor, reported, newKey, amountMinor } = bench;
      const { orderId, paymentId } = await open();
      await actor.authorize(paymentId);
      await reported(orderId, paymentId, 'payment.authorized');
      const part = { orderId, paymentId, amountMinor: amountMinor - 10_000 };
      await capture(bench, { ...part, idempotencyKey: newKey() });
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.capturesMinor, [amountMinor - 10_000]);
    },
  },
  {
    group,
    title: 'what is opened to be captured by hand waits for it once it is paid',
    unless: ({ capture }) => (capture.manual ? null : 'it captures by itself'),
    async run(bench) {
      const { package: given, open, fetch, actor, reported, newKey, amountMinor } = bench;
      const { orderId, paymentId } = await open({ capture: 'manual' });
      await actor.pay(paymentId);
      await reported(orderId, paymentId, 'payment.authorized');
      if (given.capabilities.truth === 'read_back') {
        const held = await fetch(orderId, paymentId);
        assert.deepEqual([held.status, held.captures], ['authorized', []]);
      }
      await capture(bench, { orderId, paymentId, amountMinor, idempotencyKey: newKey() });
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.capturesMinor, [amountMinor]);
    },
  },
  {
    group,
    title: 'what is captured in several parts stays authorized until the last of them',
    unless: ({ capture, truth }) =>
      capture.manual && capture.multiple && truth === 'read_back'
        ? null
        : 'it captures an authorization once, or does not say how much is left',
    async run({ open, gateway, actor, reported, newKey, amountMinor }) {
      const { orderId, paymentId } = await open({ capture: 'manual' });
      await actor.pay(paymentId);
      await reported(orderId, paymentId, 'payment.authorized');
      const take = (part: number) =>
        gateway.capturePayment({ paymentId, amountMinor: part, idempotencyKey: newKey() });
      assert.equal((await take(10_000))?.status, 'authorized');
      assert.equal((await take(5_000))?.status, 'authorized');
      assert.equal((await take(amountMinor - 15_000))?.status, 'captured');
    },
  },
  {
    group,
    title: 'the rest of what was captured in part is released by a void',
    unless: ({ capture, void: ending, truth }) =>
      capture.manual && capture.multiple && ending === 'final' && truth === 'read_back'
        ? null
        : 'it captures an authorization once, or cannot void it, or does not say what is left',
    async run({ open, gateway, actor, reported, newKey }) {
      const { orderId, paymentId } = await open({ capture: 'manual' });
      await actor.pay(paymentId);
      await reported(orderId, paymentId, 'payment.authorized');
      await gateway.capturePayment({ paymentId, amountMinor: 10_000, idempotencyKey: newKey() });
      const left = await gateway.voidPayment({ paymentId, idempotencyKey: newKey() });
      assert.deepEqual(
        [left?.status, left?.captures.map((capture) => capture.amountMinor)],
        ['voided', [10_000]],
      );
    },
  },
  {
    group,
    title: 'one that is voided stays so, and is voided again without harm',
    unless: ({ void: ending }) => (ending === 'none' ? 'it has no void' : null),
    async run(bench) {
      const { open, actor, newKey } = bench;
      const { orderId, paymentId } = await open();
      const request = { orderId, paymentId, idempotencyKey: newKey() };
      await isVoided(bench, request);
      await isVoided(bench, request);
      assert.equal((await actor.paymentsOf(orderId))[0]?.isVoided, true);
    },
  },
  {
    group,
    title: 'one whose customer was faster than the void is captured and stays so',
    unless: ({ void: ending }) => (ending === 'none' ? 'it has no void' : null),
    async run({ paid, reported, gateway, newKey, amountMinor }) {
      const { orderId, paymentId } = await paid();
      const left = await gateway.voidPayment({ paymentId, idempotencyKey: newKey() });
      if (left === null) {
        await reported(orderId, paymentId, 'payment.captured');
        await reported(orderId, paymentId, 'void.refused');
        return;
      }
      assert.equal(left.status, 'captured');
      assert.deepEqual(
        left.captures.map((capture) => capture.amountMinor),
        [amountMinor],
      );
    },
  },
];
