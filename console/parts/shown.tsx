/** What several pages show alike. */
import { Alert, Badge, Button, Group, Loader, Text, Title } from '@mantine/core';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { moneyText } from '../../src/money/text.ts';
import { type ListCount, type ListCounts, type Order, useListCounts } from '../api.ts';

/** Dark enough to be read on white. */
const COLORS: Record<Order['state'], string> = {
  initiated: 'gray.8',
  pending: 'blue.9',
  partially_paid: 'grape.9',
  paid: 'teal.9',
  failed: 'red.9',
  cancelled: 'dark.6',
  refunded: 'indigo.9',
};

export function State({ state }: { state: Order['state'] }) {
  return (
    <Badge color={COLORS[state]} variant="filled" tt="none">
      {state.replace('_', ' ')}
    </Badge>
  );
}

export function Money({ minor, currency }: { minor: number; currency: string }) {
  return <span className="amount">{moneyText(minor, currency)}</span>;
}

/** In the reader's own time, with the exact one at hand. */
export function When({ at }: { at: string | null }) {
  if (at === null) return <>–</>;
  return (
    <time dateTime={at} title={at}>
      {new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })}
    </time>
  );
}

/** `1 order`, `2 orders`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** `1,000+` where there are more than were counted, and no number where none of them was. */
export function boundedText({ count, hasMore }: ListCount, suffix = ''): string {
  if (count === 0 && hasMore) return 'not all counted';
  return `${count.toLocaleString('en-GB')}${hasMore ? '+' : ''}${suffix}`;
}

/** The name of a list, and how many it has: it follows what changes. */
export function ListTitle({ name, count }: { name: string; count: keyof ListCounts }) {
  const counts = useListCounts();
  return (
    <Group gap="xs">
      <Title order={2}>{name}</Title>
      {counts !== undefined && (
        <Badge variant="default" tt="none" role="status">
          {boundedText(counts[count], ' in all')}
        </Badge>
      )}
    </Group>
  );
}

/** What was read, or why there is nothing to see. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const { data } = query;
  const failure = query.isError ? (
    <Alert color="red" role="alert" title="It could not be read">
      {query.error.message}
    </Alert>
  ) : null;
  if (data === undefined) return failure ?? <Loader role="status" aria-label="Loading" />;
  return (
    <>
      {failure}
      {children(data)}
    </>
  );
}

/** A list that ends early says so: what is not shown waits as well. */
export function Rest({ nextCursor, hint }: { nextCursor: string | null; hint: string }) {
  return nextCursor === null ? null : <Text role="status">There are more. {hint}</Text>;
}

export function Nothing({ children }: { children: ReactNode }) {
  return <Text c="dark.3">{children}</Text>;
}

/** The button that reads on, where there is more. */
export function More({ pages }: { pages: UseInfiniteQueryResult }) {
  if (!pages.hasNextPage) return null;
  return (
    <Button
      variant="default"
      mt="md"
      loading={pages.isFetchingNextPage}
      onClick={() => void pages.fetchNextPage()}
    >
      More
    </Button>
  );
}
