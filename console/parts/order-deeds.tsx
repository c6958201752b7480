/** The buttons of an order: one for each thing that the API lets this person do to it now. */
import { Group } from '@mantine/core';
import type { Order } from '../api.ts';
import { useSession } from '../session.tsx';
import { CustomerExport } from './customer-export.tsx';
import { DeedButton } from './deed.tsx';
import { deedsOf } from './deeds-of-order.ts';

export function OrderDeeds({ order }: { order: Order }) {
  const session = useSession();
  return (
    <Group gap="xs">
      {deedsOf(order, session).map((deed) => (
        <DeedButton key={deed.name} deed={deed} />
      ))}
      {session.scope === 'ops' && <CustomerExport customerId={order.customer.id} />}
    </Group>
  );
}
