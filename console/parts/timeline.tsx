/** Every input that reached an order, oldest first, and what became of it. */
import { Card, Text, Timeline, Title } from '@mantine/core';
import type { OrderEvent } from '../../src/client/index.ts';
import { usePages } from '../api.ts';
import { Loaded, More, When } from './shown.tsx';

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
  const pages = usePages<Page>(`/v1/orders/${encodeURIComponent(id)}/events?limit=100`);
  return (
    <Card withBorder>
      <Title order={3} size="h4" mb="xs">
        What happened
      </Title>
      <Loaded query={pages}>
        {(data) => (
          <>
            <Events events={data.pages.flatMap(({ events }) => events)} />
            <More pages={pages} />
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
