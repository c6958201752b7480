/** The commands that act: cancel, refund, sync, review, access, retry, resend, redeliver, attach, close, money by hand. Each may be repeated safely. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import {
  madeRefundSchema,
  type Order,
  orderSchema,
  syncedSchema,
} from '../api/orders/order-schemas.ts';
import { MANUAL_METHODS } from '../domain/facts/manual.ts';
import { MAX_AMOUNT_MINOR } from '../money/amounts.ts';
import { moneyText } from '../money/text.ts';
import type { ApiReply } from './api-client.ts';
import { orderText } from './order-text.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { visible } from './table.ts';

const closedSchema = z.object({ status: z.literal('closed'), note: z.string() });
const redeliveredSchema = z.object({ status: z.literal('redelivered') });

interface Note {
  note?: string;
}

/** The version of the order that was decided on. */
interface Seen {
  orderVersion?: number;
}

interface Closing {
  note: string;
  eraseBody?: true;
}

interface CancelOptions extends Seen {
  reason?: string;
}

interface RefundOptions extends Seen {
  amount?: number;
  key: string;
  reason?: string;
}

interface CaptureOptions extends Note, Seen {
  amount?: number;
  key: string;
}

interface ReviewOptions {
  note: string;
  seen?: number;
}

export function addChangeCommands(program: Command, session: () => Session): void {
  program
    .command('cancel')
    .description('cancel an order that is not paid')
    .argument('<order>', "the order's id")
    .option('--reason <text>', 'kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: CancelOptions) => cancel(session(), id, options));
  program
    .command('refund')
    .description('give money back: all that is left, or a part')
    .argument('<order>', "the order's id")
    .option('--amount <minor units>', 'how much, such as 4999 for 49.99 INR', wholeNumber)
    .requiredOption('--key <text>', 'a name of 16 characters or more: same key, same refund')
    .option('--reason <text>', 'kept with the refund')
    .addOption(seenVersion())
    .action((id: string, options: RefundOptions) => refund(session(), id, options));
  program
    .command('capture')
    .description('capture what is authorized: all of it, or a part where the gateway can')
    .argument('<order>', "the order's id")
    .option('--amount <minor units>', 'how much, such as 4999 for 49.99 INR', wholeNumber)
    .requiredOption('--key <text>', 'a name of 16 characters or more: same key, same capture')
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: CaptureOptions) => capture(session(), id, options));
  program
    .command('void')
    .description('void what is authorized and not captured; the order stays open')
    .argument('<order>', "the order's id")
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: Note) => change(session(), `${pathOf(id)}/void`, options));
  program
    .command('sync')
    .description('ask the gateway for the present truth of an order, also of a paid or closed one')
    .argument('<order>', "the order's id")
    .action((id: string) => sync(session(), id));
  program
    .command('review')
    .description('decide a review')
    .argument('<order>', "the order's id")
    .argument('<review>', "the review's id, such as rev_1")
    .addArgument(new Argument('<decision>').choices(['approve', 'reject']))
    .requiredOption('--note <text>', 'why; kept with the review')
    .option(
      '--seen <version>',
      'refuse when the review has changed since this version',
      wholeNumber,
    )
    .action((id: string, reviewId: string, decision: string, options: ReviewOptions) =>
      review(session(), { id, reviewId, decision, ...options }),
    );
  program
    .command('record-payment')
    .description('record money that was received without the gateway')
    .argument('<order>', "the order's id")
    .addOption(manualMethod())
    .requiredOption('--reference <text>', "the money's own name: same reference, same money")
    .requiredOption('--amount <minor units>', 'such as 4999 for 49.99 INR', wholeNumber)
    .requiredOption('--received-on <day>', 'such as 2026-01-31')
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: object) =>
      change(session(), `${pathOf(id)}/manual-payments`, options),
    );
  program
    .command('record-refund')
    .description('record money that was given back without the gateway')
    .argument('<order>', "the order's id")
    .addOption(manualMethod())
    .requiredOption('--reference <text>', "the money's own name: same reference, same money")
    .requiredOption('--amount <minor units>', 'such as 4999 for 49.99 INR', wholeNumber)
    .requiredOption('--returned-on <day>', 'such as 2026-01-31')
    .option('--payment-id <id>', 'whose money it is; found by itself where it is clear')
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: object) =>
      change(session(), `${pathOf(id)}/manual-refunds`, options),
    );
  program
    .command('write-off')
    .description('do without the rest of an order that was paid short: it is then paid')
    .argument('<order>', "the order's id")
    .requiredOption('--amount <minor units>', 'just what it still lacks', wholeNumber)
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: object) => change(session(), `${pathOf(id)}/write-off`, options));
  program
    .command('access')
    .description("grant or revoke the customer's access by hand")
    .argument('<order>', "the order's id")
    .addArgument(new Argument('<action>').choices(['grant', 'revoke']))
    .requiredOption('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, action: string, options: Note) =>
      change(session(), `${pathOf(id)}/access`, { action, ...options }),
    );
  program
    .command('extend')
    .description('give an order more time to be paid; an expired one is open again')
    .argument('<order>', "the order's id")
    .requiredOption('--expires-at <time>', 'such as 2026-01-31T12:00:00Z')
    .option('--note <text>', 'why; kept with the order')
    .addOption(seenVersion())
    .action((id: string, options: object) => change(session(), `${pathOf(id)}/expiry`, options));
  program
    .command('retry')
    .description('run a failed effect again')
    .argument('<order>', "the order's id")
    .argument('<effect>', "the effect's key")
    .option('--note <text>', 'why; kept with the order')
    .action((id: string, key: string, options: Note) => retry(session(), { id, key }, options));
  program
    .command('resend')
    .description('send a delivered message to the CRM or the access system again')
    .argument('<order>', "the order's id")
    .argument('<effect>', "the effect's key")
    .option('--note <text>', 'why; kept with the order')
    .action((id: string, key: string, options: Note) =>
      change(session(), `${pathOf(id)}/effects/${encodeURIComponent(key)}/resend`, options),
    );
  program
    .command('redeliver')
    .description('deliver a parked event again')
    .argument('<event>', "the parked event's id")
    .option('--note <text>', 'why; kept with the event')
    .action((id: string, options: Note) => redeliver(session(), id, options));
  program
    .command('attach')
    .description('count the payment of a parked event as one of its order, or of another')
    .argument('<event>', "the parked event's id")
    .option('--order <id>', 'the order, where it is not the one that the event names')
    .option('--note <text>', 'why; kept with the event')
    .action((id: string, { order, ...note }: Note & { order?: string }) =>
      attach(session(), id, { ...note, ...(order === undefined ? {} : { orderId: order }) }),
    );
  program
    .command('close')
    .description('close a parked event that nothing is to be done about')
    .argument('<event>', "the parked event's id")
    .requiredOption('--note <text>', 'why; kept with the event')
    .option('--erase-body', 'erase what was received too: it may hold personal data')
    .action((id: string, options: Closing) => close(session(), id, options));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^[1-9]\d*$/.test(text) || value > MAX_AMOUNT_MINOR)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_AMOUNT_MINOR}.`);
  return value;
}

function seenVersion(): Option {
  const option = new Option(
    '--order-version <version>',
    'refuse when the order is no longer at this version',
  );
  return option.argParser(wholeNumber);
}

function manualMethod(): Option {
  return new Option('--method <way>', 'by which way the money went')
    .choices(MANUAL_METHODS)
    .makeOptionMandatory();
}

/** Sends the options as they are, and shows the order. */
async function change({ api, print }: Session, path: string, options: object) {
  const reply = await api.post(path, options);
  print(reply.body, orderSchema, (order) => orderText(order) + unsettledText(reply, order.id));
}

async function cancel({ api, print }: Session, id: string, body: CancelOptions) {
  const reply = await api.post(`${pathOf(id)}/cancel`, body);
  print(reply.body, orderSchema, (order) => orderText(order) + unsettledText(reply, id));
}

async function refund({ api, print }: Session, id: string, { key, ...body }: RefundOptions) {
  const reply = await api.post(`${pathOf(id)}/refunds`, body, { 'idempotency-key': key });
  print(reply.body, madeRefundSchema, ({ id: refundId, status, amount, currency, parts }) => {
    const text = `refund ${refundId}: ${moneyText(amount, currency)}, ${status}`;
    const lines = parts.map(
      (part) => `\n  ${moneyText(part.amount, part.currency)} of ${part.paymentId}, ${part.status}`,
    );
    return text + (parts.length > 1 ? lines.join('') : '') + unsettledText(reply, id);
  });
}

async function capture({ api, print }: Session, id: string, { key, ...body }: CaptureOptions) {
  const reply = await api.post(`${pathOf(id)}/captures`, body, { 'idempotency-key': key });
  print(reply.body, orderSchema, (order) => orderText(order) + unsettledText(reply, id));
}

async function sync({ api, print }: Session, id: string) {
  const reply = await api.post(`${pathOf(id)}/sync`, {});
  print(reply.body, syncedSchema, ({ changes, order }) => {
    const found = changes.length === 0 ? 'Nothing has changed.' : `Changed: ${changes.join('; ')}`;
    const text = reply.status === 202 ? '' : `${visible(found)}\n\n`;
    return text + orderText(order) + unsettledText(reply, id);
  });
}

interface Decision extends ReviewOptions {
  id: string;
  reviewId: string;
  decision: string;
}

async function review({ api, print }: Session, { id, reviewId, seen, ...decided }: Decision) {
  const version = seen ?? (await presentVersion(api, id, reviewId));
  const path = `${pathOf(id)}/reviews/${encodeURIComponent(reviewId)}`;
  const reply = await api.post(path, { ...decided, version });
  print(reply.body, orderSchema, (order) => orderText(order) + unsettledText(reply, id));
}

/** The API wants to know what the decision is about, in case a later fact has changed that. */
async function presentVersion(api: Session['api'], id: string, reviewId: string): Promise<number> {
  const { body } = await api.get(pathOf(id));
  const order: Order | undefined = orderSchema.safeParse(body).data;
  const found = order?.reviews.find((one) => one.id === reviewId);
  if (found === undefined)
    throw new Refusal(`review_not_found: see payonce show ${id} for the reviews of the order.`);
  return found.version;
}

async function retry(
  { api, print }: Session,
  { id, key }: { id: string; key: string },
  note: Note,
) {
  const { body } = await api.post(`${pathOf(id)}/effects/${encodeURIComponent(key)}/retry`, note);
  print(body, orderSchema, orderText);
}

async function redeliver({ api, print }: Session, id: string, note: Note) {
  const { body } = await api.post(`/v1/parked-events/${encodeURIComponent(id)}/redeliver`, note);
  print(body, redeliveredSchema, () => `event ${id}: delivered; its order says what became of it`);
}

async function attach({ api, print }: Session, id: string, body: Note & { orderId?: string }) {
  const reply = await api.post(`/v1/parked-events/${encodeURIComponent(id)}/attach`, body);
  print(reply.body, orderSchema, (order) => orderText(order) + unsettledText(reply, order.id));
}

async function close({ api, print }: Session, id: string, body: Closing) {
  const reply = await api.post(`/v1/parked-events/${encodeURIComponent(id)}/close`, body);
  print(reply.body, closedSchema, ({ note }) => `event ${id}: closed (${note})`);
}

function pathOf(id: string): string {
  return `/v1/orders/${encodeURIComponent(id)}`;
}

function unsettledText({ status }: ApiReply, id: string): string {
  if (status !== 202) return '';
  return `\n\nThe gateway has not said yet: look again with payonce show ${id}.`;
}
