/** The commands about a customer's personal data: what is known, a correction, and the end of it. */
import type { Command } from 'commander';
import type { z } from 'zod';
import {
  erasureSchema,
  type PersonalData,
  personalDataSchema,
} from '../api/operators/personal-data-schemas.ts';
import { orderSchema } from '../api/orders/order-schemas.ts';
import { orderText } from './order-text.ts';
import type { Session } from './session.ts';

interface Correction {
  email: string;
  note: string;
}

export function addCustomerCommands(program: Command, session: () => Session): void {
  program
    .command('customer-data')
    .description('print all that is known of a customer, as JSON')
    .argument('<customer>', "the customer's id")
    .action((id: string) => customerData(session(), id));
  program
    .command('correct-email')
    .description("correct the customer's e-mail address of an order")
    .argument('<order>', "the order's id")
    .requiredOption('--email <address>', 'the right one')
    .requiredOption('--note <text>', 'why; kept for ever, so without personal data')
    .action((id: string, options: Correction) => correctEmail(session(), id, options));
  program
    .command('erase-customer')
    .description("erase a customer's personal data; books and papers keep what the law requires")
    .argument('<customer>', "the customer's id")
    .requiredOption('--note <text>', 'why; kept for ever, so without personal data')
    .action((id: string, options: { note: string }) => eraseCustomer(session(), id, options));
}

async function customerData({ api, print }: Session, id: string): Promise<void> {
  const path = `/v1/customers/${encodeURIComponent(id)}/personal-data?limit=200`;
  const orders: PersonalData['orders'] = [];
  let last: PersonalData;
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    last = personalDataSchema.parse((await api.get(path + next)).body);
    orders.push(...last.orders);
    cursor = last.nextCursor;
  } while (cursor !== null);
  print({ ...last, orders }, personalDataSchema, (all) => JSON.stringify(all, null, 2));
}

async function correctEmail({ api, print }: Session, id: string, body: Correction): Promise<void> {
  const reply = await api.post(`/v1/orders/${encodeURIComponent(id)}/customer`, body);
  print(reply.body, orderSchema, orderText);
}

async function eraseCustomer(
  { api, print }: Session,
  id: string,
  body: { note: string },
): Promise<void> {
  const reply = await api.post(`/v1/customers/${encodeURIComponent(id)}/erasure`, body);
  print(reply.body, erasureSchema, erasureText);
}

function erasureText({ erasedOrders, kept, isFinished }: z.infer<typeof erasureSchema>): string {
  const lines = [`Erased in ${erasedOrders} orders.`];
  if (!isFinished) lines.push('Still needed, and erased by themselves once they are not:');
  return [...lines, ...kept.map(({ orderId, reason }) => `  ${orderId} (${reason})`)].join('\n');
}
