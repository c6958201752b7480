import { Anchor, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { type LastDay, type Overview, useGet } from '../api.ts';
import { EffectsPlot, MoneyPlots, OrdersPlot, WebhooksPlot } from '../parts/plots.tsx';
import { countOf, Loaded, Nothing, State, When } from '../parts/shown.tsx';

export function TodayPage() {
  const overview = useGet<Overview>('/v1/overview');
  const lastDay = useGet<LastDay>('/v1/overview/day');
  return (
    <Stack>
      <Title order={2}>Today</Title>
      <Loaded query={overview}>{(counts) => <Counts counts={counts} />}</Loaded>
      <Title order={2} size="h3">
        The last 24 hours
      </Title>
      <Loaded query={lastDay}>
        {(day) => (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <MoneyPlots day={day} />
            <OrdersPlot day={day} />
            <WebhooksPlot day={day} />
            <EffectsPlot day={day} />
          </SimpleGrid>
        )}
      </Loaded>
    </Stack>
  );
}

function Counts({ counts }: { counts: Overview }) {
  const all = counts.orders.reduce((total, { count }) => total + count, 0);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Card withBorder>
        <Title order={3}>{countOf(all, 'order')}</Title>
        <Stack gap="xs" mt="xs">
          {counts.orders.map(({ name, count }) => (
            <div key={name}>
              <Group justify="space-between">
                <Anchor component={Link} href={`/orders?state=${name}`}>
                  <State state={name} />
                </Anchor>
                <Text>{count.toLocaleString('en-GB')}</Text>
              </Group>
              <Progress value={(100 * count) / all} aria-label={`${name}: ${count} of ${all}`} />
            </div>
          ))}
        </Stack>
      </Card>
      <Card withBorder>
        <Title order={3}>Waits for a person</Title>
        <Stack gap="xs" mt="xs">
          {counts.openReviews.map(({ name, count, oldestAt }) => (
            <Text key={name}>
              <Anchor component={Link} href={`/reviews?reason=${name}`}>
                {name}
              </Anchor>
              : {countOf(count, 'review')}, the oldest from <When at={oldestAt} />
            </Text>
          ))}
          {counts.failedEffects.map(({ name, count }) => (
            <Text key={name}>
              <Anchor component={Link} href="/effects">
                {name}
              </Anchor>
              : {countOf(count, 'effect')} refused
            </Text>
          ))}
          {counts.parkedEvents.map(({ name, count }) => (
            <Text key={name}>
              <Anchor component={Link} href="/parked">
                {name}
              </Anchor>
              : {countOf(count, 'parked event')}
            </Text>
          ))}
          {counts.disputesDueSoon > 0 && (
            <Text>
              <Anchor component={Link} href="/disputes">
                disputes
              </Anchor>
              : {countOf(counts.disputesDueSoon, 'dispute')} to be answered within three days
            </Text>
          )}
          {counts.openReviews.length +
            counts.failedEffects.length +
            counts.parkedEvents.length +
            counts.disputesDueSoon ===
            0 && <Nothing>Nothing waits.</Nothing>}
        </Stack>
        <Text mt="md" size="sm">
          {countOf(counts.droppedDuplicates, 'repeat')} changed nothing so far.
        </Text>
      </Card>
    </SimpleGrid>
  );
}
