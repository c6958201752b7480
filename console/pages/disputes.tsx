import { Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { type Dispute, usePages } from '../api.ts';
import { Loaded, Money, More, Nothing, When } from '../parts/shown.tsx';

interface Page {
  disputes: Dispute[];
  nextCursor: string | null;
}

export function DisputesPage() {
  const pages = usePages<Page>('/v1/disputes?limit=100');
  return (
    <Stack>
      <Title order={2}>Disputes</Title>
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
              <List disputes={disputes} />
              <More pages={pages} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function List({ disputes }: { disputes: Dispute[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Answer until</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Amount</Table.Th>
            <Table.Th>Dispute</Table.Th>
            <Table.Th>Order</Table.Th>
            <Table.Th>Gateway</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {disputes.map(({ id, orderId, status, amount, currency, respondBy, gateway }) => (
            <Table.Tr key={`${orderId} ${id}`}>
              <Table.Td>
                <When at={respondBy} />
              </Table.Td>
              <Table.Td>{status}</Table.Td>
              <Table.Td>
                <Money minor={amount} currency={currency} />
              </Table.Td>
              <Table.Td className="id">{id}</Table.Td>
              <Table.Td className="id">
                <Anchor component={Link} href={`/orders/${orderId}`}>
                  {orderId}
                </Anchor>
              </Table.Td>
              <Table.Td>{gateway}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
