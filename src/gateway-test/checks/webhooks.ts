/** Webhooks: who has signed them, how often and in which order they come, and what they say that is not known. */
import assert from 'node:assert/strict';
import type { EventMessage } from '../../gateways/gateway.ts';
import { WebhookRejection } from '../../gateways/gateway.ts';
import { webhookMessageSchema } from '../../gateways/schemas.ts';
import type { Signature, SignedRequest } from '../actor.ts';
import { type Check, NotRun, unlessReadBack } from '../check.ts';
import { factsReported, sumsAfter } from '../order-after.ts';
import { eventsIn, type Workbench } from '../workbench.ts';

/** A genuine webhook of a payment that was paid. */
async function genuine({ paid, reported, webhooksOf }: Workbench): Promise<SignedRequest> {
  const { orderId, paymentId } = await paid();
  await reported(orderId, paymentId, 'payment.captured');
  const request = (await webhooksOf(orderId, paymentId)).at(-1);
  assert.ok(request, 'the gateway has reported of the payment');
  return request;
}

const REFUSED: readonly [Signature, WebhookRejection['code'], Check['needs']][] = [
  ['not at all', 'signature_missing', []],
  ['in no known form', 'signature_malformed', []],
  ['with another secret', 'signature_invalid', []],
  ['ten minutes ago', 'timestamp_out_of_tolerance', ['sign with a time']],
];

const refused = REFUSED.map(
  ([how, code, needs = []]): Check => ({
    group: 'signatures',
    title: `a webhook that is signed ${how} is refused as ${code}`,
    needs,
    async run(bench) {
      const request = bench.actor.signedAnew(await genuine(bench), how);
      isRejected(bench, request, code);
    },
  }),
);

/** A part of the usual amount. */
const REFUNDED = 1_000;

/** What may be in a body that is signed and not as documented. */
const ODD_BODIES = ['', 'no JSON', 'null', '[]', '{}', '"text"', '{"type":7}', '\u0000'];

const NOVELTIES = (['another field', 'another type', 'another status'] as const).map(
  (what): Check => ({
    group: 'what is not known',
    title: `${what} in a webhook stops nothing, and is not taken for what it is not`,
    async run(bench) {
      const request = await genuine(bench);
      const changed = bench.actor.ofTomorrow(request.body, what);
      if (changed === null) throw new NotRun(`its webhooks have no place for ${what}`);
      const [before] = eventsIn(bench.read(request));
      const message = bench.read({ ...bench.actor.sign(changed), path: request.path });
      webhookMessageSchema.parse(message);
      const [after] = eventsIn(message);
      if (what === 'another field') assert.deepEqual(withoutId(after), withoutId(before));
      else assert.notEqual(after?.kind, 'fact', 'no fact is made of a word that is not known');
    },
  }),
);

export const WEBHOOK_CHECKS: readonly Check[] = [
  ...refused,
  {
    group: 'signatures',
    title: 'a webhook that is signed with the secret before is taken while both are configured',
    needs: ['rotate its secret'],
    async run(bench) {
      const request = await genuine(bench);
      const rotated = bench.actor.signedAnew(request, 'with the secret before');
      const before = eventsIn(bench.read(request)).map(withoutId);
      assert.deepEqual(eventsIn(bench.read(rotated)).map(withoutId), before);
    },
  },
  {
    group: 'signatures',
    title: 'a webhook whose body was changed on its way is refused',
    needs: ['sign the body'],
    async run(bench) {
      const request = await genuine(bench);
      const changed = request.body.replace(/[1-8]/, (digit) => String(Number(digit) + 1));
      assert.notEqual(changed, request.body);
      isRejected(bench, { ...request, body: changed }, 'signature_invalid');
    },
  },
  {
    group: 'signatures',
    title: 'a batch with one item of another signature has the others read',
    unless: ({ webhooks }) => (webhooks.batches ? null : 'a request of it carries one event'),
    async run(bench) {
      const request = await genuine(bench);
      const message = bench.read(bench.actor.signedAnew(request, 'with another secret'));
      assert.equal(message.kind, 'batch');
      assert.ok(
        message.kind === 'batch' && message.items.some((one) => one instanceof WebhookRejection),
      );
    },
  },
  {
    group: 'deliveries',
    title: 'the same webhook again is the same event',
    async run(bench) {
      const request = await genuine(bench);
      const [first, second] = [eventsIn(bench.read(request)), eventsIn(bench.read(request))];
      // A question asks again, whenever it comes: what is fetched counts once.
      const isQuestion = first.every(({ kind }) => kind === 'ask');
      assert.deepEqual(
        second.map(isQuestion ? withoutId : (it) => it),
        first.map(isQuestion ? withoutId : (it) => it),
      );
    },
  },
  {
    group: 'deliveries',
    title: 'two changes are two events, in whichever order they come',
    async run(bench) {
      const { paid, reported, actor, webhooksOf, read } = bench;
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      await actor.refund(paymentId);
      await reported(orderId, paymentId, 'refund.succeeded');
      const requests = await webhooksOf(orderId, paymentId);
      const inOrder = requests.flatMap((request) => eventsIn(read(request)));
      const reversed = requests.toReversed().flatMap((request) => eventsIn(read(request)));
      const facts = (events: EventMessage[]) =>
        events
          .filter(({ kind }) => kind === 'fact')
          .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
      assert.deepEqual(facts(reversed), facts(inOrder));
      const ids = inOrder.map(({ eventId }) => eventId);
      assert.equal(new Set(ids).size, ids.length, 'each event has an id of its own');
    },
  },
  {
    group: 'deliveries',
    title: 'late, doubled and in any order, its events leave an order with the same sums',
    async run(bench) {
      const { paid, reported, actor, amountMinor } = bench;
      const opened = await paid();
      const { orderId, paymentId } = opened;
      await reported(orderId, paymentId, 'payment.captured');
      await actor.refund(paymentId, REFUNDED);
      await reported(orderId, paymentId, 'refund.succeeded');
      const facts = await factsReported(bench, orderId, paymentId);
      for (const order of [
        facts,
        facts.toReversed(),
        [...facts, ...facts],
        twice(facts.toReversed()),
      ])
        assert.deepEqual(sumsAfter(bench, opened, order), [amountMinor, REFUNDED]);
    },
  },
  {
    group: 'what is not known',
    title: 'bytes that are signed and say nothing are no fact and no crash',
    async run({ actor, read }) {
      for (const body of ODD_BODIES) {
        const message = read(actor.sign(body));
        webhookMessageSchema.parse(message);
        for (const event of eventsIn(message)) assert.notEqual(event.kind, 'fact', body);
      }
    },
  },
  ...NOVELTIES,
  {
    group: 'what is not known',
    title: 'a payment in a status that is not known is fetched, and the status named',
    needs: ['give a payment a status of tomorrow'],
    unless: unlessReadBack,
    async run({ open, actor, fetch, amountMinor }) {
      const { orderId, paymentId } = await open();
      await actor.becomeUnknown(paymentId);
      const payment = await fetch(orderId, paymentId);
      assert.deepEqual([payment.amountMinor, payment.captures], [amountMinor, []]);
      assert.ok(['created', 'pending'].includes(payment.status), payment.status);
      assert.match((payment.unknown ?? []).join(), /of_?tomorrow/i);
    },
  },
];

function isRejected(
  { read, gateway }: Workbench,
  request: SignedRequest,
  code: WebhookRejection['code'],
): void {
  const isOf = (error: unknown): boolean =>
    error instanceof WebhookRejection && error.code === code;
  try {
    const message = read(request);
    // Where each item is signed, the item is the rejection.
    assert.ok(gateway.capabilities.webhooks.batches, 'it is refused');
    assert.ok(message.kind === 'batch' && message.items.every(isOf), `its items are ${code}`);
  } catch (error) {
    if (!(error instanceof WebhookRejection)) throw error;
    assert.equal(error.code, code);
  }
}

function withoutId(event: EventMessage | undefined): object {
  const { eventId: _, ...rest } = event ?? { eventId: '' };
  return rest;
}

function twice<T>(items: readonly T[]): T[] {
  return items.flatMap((item) => [item, item]);
}
