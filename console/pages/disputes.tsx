import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { type Dispute, usePages } from '../api.ts';
import { type Column, Grid } from '../parts/grid.tsx';
import { ListTitle, Loaded, Money, More, Nothing, When } from '../parts/shown.tsx';

interface Page {
  disputes: Dispute[];
  nextCursor: string | null;
}

export function DisputesPage() {
  const pages = usePages<Page>('/v1/disputes?limit=100');
  return (
    <Stack>
      <ListTitle name="Disputes" count="disputes" />
      <Text>
        The ones that have to be answered soonest come first. Answer at the gateway: what nobody
        answers in time is lost.
      </Text>
      <Loaded query={pages}>
        {(data) => {
          const disputes = data.pages.flatMap((page) => page.disputes);
          return disputes.length === 0 ? (
            <Nothing>There is no dispute.</Nothing>
          ) : (
            <>
              <Grid
                label="Disputes"
                rows={disputes}
                keyOf={({ id, orderId }) => `${orderId} ${id}`}
                columns={COLUMNS}
              />
              <More pages={pages} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

const COLUMNS: readonly Column<Dispute>[] = [
  { name: 'Answer until', cell: ({ respondBy }) => <When at={respondBy} /> },
  { name: 'Status', cell: ({ status }) => status },
  {
    name: 'Amount',
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
    isAmount: true,
  },
  { name: 'Dispute', cell: ({ id }) => <span className="id">{id}</span> },
  {
    name: 'Order',
    cell: ({ orderId }) => (
      <Anchor component={Link} href={`/orders/${orderId}`} className="id">
        {orderId}
      </Anchor>
    ),
  },
  { name: 'Gateway', cell: ({ gateway }) => gateway },
];
