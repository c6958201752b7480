import { Anchor, Card, Group, Stack, Text } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { type Order, useGet } from '../api.ts';
import { OpenReviews, RefusedEffects } from '../parts/decisions.tsx';
import { ListTitle, Loaded, Money, Nothing, Rest, State } from '../parts/shown.tsx';

export function ReviewsPage() {
  const [query] = useSearchParams();
  const reason = query.get('reason');
  const filter =
    reason === null ? 'needsReview=true' : `reviewReason=${encodeURIComponent(reason)}`;
  const orders = useGet<{ orders: Order[]; nextCursor: string | null }>(
    `/v1/orders?${filter}&limit=100`,
  );
  return (
    <Stack>
      <ListTitle name="Reviews" count="reviews" />
      <Loaded query={orders}>
        {(found) =>
          found.orders.length === 0 ? (
            <Nothing>Nothing waits for a decision.</Nothing>
          ) : (
            <>
              {found.orders.map((order) => (
                <Waiting key={order.id} order={order} />
              ))}
              <Rest
                nextCursor={found.nextCursor}
                hint="They are shown once these are decided; Orders lists all that wait for a person."
              />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Waiting({ order }: { order: Order }) {
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Anchor component={Link} href={`/orders/${order.id}`} className="id">
          {order.id}
        </Anchor>
        <Group gap="xs">
          <State state={order.state} />
          <Text>
            <Money minor={order.amountPaid} currency={order.currency} /> of{' '}
            <Money minor={order.amount} currency={order.currency} /> paid
          </Text>
        </Group>
      </Group>
      <OpenReviews order={order} />
      <RefusedEffects order={order} />
    </Card>
  );
}
