/** Every input that reached an order, oldest first, and what became of it. */
import { Button, Card, Text, Timeline, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../src/client/index.ts';
import type { OrderEvent } from '../api.ts';
import { accepted, useSession } from '../session.tsx';
import { Loaded, When } from './shown.tsx';

const COLORS: Record<string, string> = {
  applied: 'green.8',
  review: 'yellow.8',
  rejected: 'red.8',
  duplicate: 'gray.6',
  stale: 'gray.6',
};

interface Page {
  events: OrderEvent[];
  nextCursor: string | null;
}

export function OrderTimeline({ id }: { id: string }) {
  const { client } = useSession();
  const pages = useInfiniteQuery({
    queryKey: ['events', id],
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      const path = `/v1/orders/${encodeURIComponent(id)}/events?limit=100${cursor}`;
      return accepted(await call<Page>(client, 'GET', path));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Card withBorder>
      <Title order={3} size="h4" mb="xs">
        What happened
      </Title>
      <Loaded query={pages}>
        {(data) => (
          <>
            <Events events={data.pages.flatMap(({ events }) => events)} />
            {pages.hasNextPage && (
              <Button variant="default" mt="md" onClick={() => void pages.fetchNextPage()}>
                More
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Events({ events }: { events: OrderEvent[] }) {
  return (
    <Timeline active={events.length} bulletSize={14} lineWidth={2}>
      {events.map((event, i) => (
        <Timeline.Item
          // An outcome is never changed, and its place in the list is its own.
          // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end
          key={i}
          color={COLORS[event.outcome] ?? 'gray.6'}
          title={`${event.type}: ${event.outcome}`}
        >
          <Text size="sm" className="words">
            {event.reason}
          </Text>
          <Text size="xs" className="words">
            <When at={event.at} />, by {event.actor ?? event.source}
            {event.note === null ? '' : `: ${event.note}`}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
