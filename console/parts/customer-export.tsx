/** What is known of a customer, as a file for the customer who asks for it (GDPR, Article 15). */
import { useMutation } from '@tanstack/react-query';
import { call, type components } from '../../src/client/index.ts';
import { accepted, type Session, useSession } from '../session.tsx';
import { ReadButton } from './read-button.tsx';

type PersonalData = components['schemas']['PersonalData'];

export function CustomerExport({ customerId }: { customerId: string }) {
  const session = useSession();
  const reading = useMutation({
    mutationFn: async () => save(customerId, await readAll(session, customerId)),
  });
  return <ReadButton name="Export what is known" reading={reading} />;
}

/** All orders of the customer, page after page, in one object as the command line prints it. */
async function readAll({ client }: Session, customerId: string): Promise<PersonalData> {
  const path = `/v1/customers/${encodeURIComponent(customerId)}/personal-data?limit=200`;
  const orders: PersonalData['orders'] = [];
  for (let next = ''; ; ) {
    const page = accepted(await call<PersonalData>(client, 'GET', path + next));
    orders.push(...page.orders);
    if (page.nextCursor === null) return { ...page, orders };
    next = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

function save(customerId: string, known: PersonalData): void {
  const file = new Blob([JSON.stringify(known, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `customer-${customerId}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
