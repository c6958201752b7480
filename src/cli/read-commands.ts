/** The commands that look: list, show, timeline, effects, disputes, parked, event. They change nothing. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { disputeListSchema } from '../api/operators/disputes.ts';
import { stuckEffectsSchema } from '../api/operators/stuck-effects.ts';
import { orderSchema } from '../api/orders/order-schemas.ts';
import { DISPUTE_STATUSES } from '../domain/facts/facts.ts';
import { ORDER_STATES } from '../domain/order.ts';
import { REVIEW_REASONS } from '../domain/reviews/reasons.ts';
import { moneyText } from '../money/text.ts';
import { STUCK_STATUSES } from '../store/effects/stuck-effects.ts';
import {
  decisionsText,
  parkedSchema,
  parkedText,
  readParkedSchema,
  readParkedText,
  type Timeline,
  timelinePageSchema,
  timelineSchema,
  timelineText,
} from './event-text.ts';
import { ordersText, orderText } from './order-text.ts';
import type { Session } from './session.ts';
import { tableOf } from './table.ts';

const orderListSchema = z.object({
  orders: z.array(orderSchema),
  nextCursor: z.string().nullable(),
});

/** The query parameters of `GET /v1/orders`, by their names there. */
interface ListOptions {
  paymentId?: string;
  refundId?: string;
  customer?: string;
  email?: string;
  createdFrom?: string;
  createdTo?: string;
  gateway?: string;
  currency?: string;
  amount?: string;
  state?: string;
  needsReview?: true;
  reviewReason?: string;
  invoiceNumber?: string;
  limit: string;
  cursor?: string;
}

interface StatusOptions {
  status?: string;
  limit: string;
  cursor?: string;
}

interface ParkedOptions {
  all?: true;
  limit: string;
  cursor?: string;
}

export function addReadCommands(program: Command, session: () => Session): void {
  paged(program.command('list').description('find orders by all that is given, newest first'))
    .option('--payment-id <id>', 'with this payment, by its id at the gateway')
    .option('--refund-id <id>', 'with this refund, by its id here or at the gateway')
    .option('--customer <id>', 'of this customer')
    .option('--email <address>', 'of a customer with this e-mail address')
    .option('--created-from <time>', 'created at this day or time (ISO 8601) or later')
    .option('--created-to <time>', 'created at this day or time (ISO 8601) or earlier')
    .option('--gateway <name>', 'through this gateway')
    .option('--currency <code>', 'in this currency')
    .option('--amount <minor units>', 'over this amount, such as 4999 for 49.99 INR')
    .addOption(new Option('--state <state>', 'in this state').choices(ORDER_STATES))
    .option('--needs-review', 'that wait for a person')
    .addOption(
      new Option('--review-reason <reason>', 'with an open review for this reason').choices(
        REVIEW_REASONS,
      ),
    )
    .option('--invoice-number <number>', 'with this invoice')
    .action((options: ListOptions) => list(session(), options));
  program
    .command('show')
    .description('show one order, and what there is to do about it')
    .argument('<order>', "the order's id")
    .action((id: string) => show(session(), id));
  program
    .command('timeline')
    .description('show everything that reached an order, and what became of it')
    .argument('<order>', "the order's id")
    .action((id: string) => timeline(session(), id));
  paged(
    program
      .command('effects')
      .description('list effects that were refused or are tried again and again'),
  )
    .addOption(new Option('--status <status>', 'of this status alone').choices(STUCK_STATUSES))
    .action((options: StatusOptions) => effects(session(), options));
  paged(
    program
      .command('disputes')
      .description('list disputes, the ones that have to be answered soonest first'),
  )
    .addOption(new Option('--status <status>', 'of this status alone').choices(DISPUTE_STATUSES))
    .action((options: StatusOptions) => disputes(session(), options));
  paged(program.command('parked').description('list events that no order could take'))
    .option('--all', 'also those that were delivered, attached or closed')
    .action((options: ParkedOptions) => parked(session(), options));
  program
    .command('event')
    .description('show one parked event, with its body for a key of the scope ops')
    .argument('<event>', "the parked event's id")
    .action((id: string) => parkedEvent(session(), id));
}

function paged(command: Command): Command {
  return command
    .option('--limit <number>', 'how many, at most 200', '50')
    .option('--cursor <text>', 'go on where an earlier page ended');
}

async function list(
  { api, print }: Session,
  { needsReview, ...options }: ListOptions,
): Promise<void> {
  const query = queryOf({ ...options, needsReview: needsReview && 'true' });
  const { body } = await api.get(`/v1/orders?${query}`);
  print(body, orderListSchema, ({ orders, nextCursor }) => ordersText(orders) + more(nextCursor));
}

async function show({ api, print }: Session, id: string): Promise<void> {
  const { body } = await api.get(`/v1/orders/${encodeURIComponent(id)}`);
  const decisions = decisionsText(await eventsOf(api, id, { decisions: 'true' }));
  print(body, orderSchema, (order) =>
    [orderText(order), ...(decisions === null ? [] : [decisions])].join('\n\n'),
  );
}

async function timeline({ api, print }: Session, id: string): Promise<void> {
  print(await eventsOf(api, id), timelineSchema, timelineText);
}

/** All of them, page after page. */
async function eventsOf(
  api: Session['api'],
  id: string,
  filter: Record<string, string> = {},
): Promise<Timeline> {
  const events: Timeline['events'] = [];
  let cursor: string | undefined;
  do {
    const query = queryOf({ ...filter, limit: '200', cursor });
    const { body } = await api.get(`/v1/orders/${encodeURIComponent(id)}/events?${query}`);
    const page = timelinePageSchema.parse(body);
    events.push(...page.events);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { events };
}

async function parked({ api, print }: Session, { all, ...page }: ParkedOptions): Promise<void> {
  const query = queryOf({ ...page, status: all ? undefined : 'parked' });
  const { body } = await api.get(`/v1/parked-events?${query}`);
  print(body, parkedSchema, (found) => parkedText(found) + more(found.nextCursor));
}

async function effects({ api, print }: Session, options: StatusOptions): Promise<void> {
  const { body } = await api.get(`/v1/effects?${queryOf({ ...options })}`);
  print(body, stuckEffectsSchema, ({ effects: stuck, nextCursor }) =>
    stuck.length === 0 ? 'No effect is stuck.' : stuckText(stuck) + more(nextCursor),
  );
}

function stuckText(stuck: z.infer<typeof stuckEffectsSchema>['effects']): string {
  const head = ['effect', 'order', 'status', 'tries', 'next try', 'last error'];
  const rows = stuck.map(({ key, orderId, status, attempts, nextTryAt, error }) => [
    ...[key, orderId, status, String(attempts), nextTryAt ?? '–', error ?? '–'],
  ]);
  return tableOf(head, rows);
}

async function disputes({ api, print }: Session, options: StatusOptions): Promise<void> {
  const { body } = await api.get(`/v1/disputes?${queryOf({ ...options })}`);
  print(body, disputeListSchema, ({ disputes: found, nextCursor }) =>
    found.length === 0 ? 'There is no dispute.' : disputesText(found) + more(nextCursor),
  );
}

function disputesText(found: z.infer<typeof disputeListSchema>['disputes']): string {
  const head = ['answer until', 'status', 'amount', 'dispute', 'order', 'gateway'];
  const rows = found.map(({ respondBy, status, amount, currency, id, orderId, gateway }) => [
    ...[respondBy ?? '–', status, moneyText(amount, currency), id, orderId, gateway],
  ]);
  return tableOf(head, rows);
}

async function parkedEvent({ api, print }: Session, id: string): Promise<void> {
  const { body } = await api.get(`/v1/parked-events/${encodeURIComponent(id)}`);
  print(body, readParkedSchema, readParkedText);
}

function queryOf(values: Record<string, string | undefined>): URLSearchParams {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given);
}

function more(nextCursor: string | null): string {
  return nextCursor === null ? '' : `\n\nThere are more: --cursor ${nextCursor}`;
}
