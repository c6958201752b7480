import {
  Anchor,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { ORDER_STATES } from '../../src/domain/order.ts';
import { REVIEW_REASONS } from '../../src/domain/reviews/reasons.ts';
import { find, type ListCount, type Order, useGet, usePages } from '../api.ts';
import { type Column, Grid } from '../parts/grid.tsx';
import {
  boundedText,
  ListTitle,
  Loaded,
  Money,
  More,
  Nothing,
  Rest,
  State,
  When,
} from '../parts/shown.tsx';
import { type Session, useSession } from '../session.tsx';

const PAGE = 50;

interface Page {
  orders: Order[];
  nextCursor: string | null;
}

export function OrdersPage() {
  const [query, setQuery] = useSearchParams();
  const words = query.get('q') ?? '';
  const terms = termsOf(words);
  const set = (name: string, value: string): void =>
    setQuery((before) => {
      if (value === '') before.delete(name);
      else before.set(name, value);
      return before;
    });
  return (
    <Stack>
      <ListTitle name="Orders" count="orders" />
      <Search key={words} words={words} onSearch={(value) => set('q', value)} />
      {words === '' ? (
        <>
          <Filters query={query} set={set} />
          <Listed query={query} />
        </>
      ) : terms === null ? (
        <Found words={words} />
      ) : (
        <Listed query={terms} />
      )}
    </Stack>
  );
}

interface FiltersProps {
  query: URLSearchParams;
  set: (name: string, value: string) => void;
}

/** Of the list alone: a search finds one thing, whatever its state and its day. */
function Filters({ query, set }: FiltersProps) {
  return (
    <Group align="flex-end">
      <NativeSelect
        label="State"
        value={query.get('state') ?? ''}
        onChange={(event) => set('state', event.currentTarget.value)}
        data={[{ value: '', label: 'any' }, ...ORDER_STATES]}
      />
      <TextInput
        label="Created from"
        type="date"
        value={query.get('createdFrom') ?? ''}
        onChange={(event) => set('createdFrom', event.currentTarget.value)}
      />
      <TextInput
        label="Created to"
        type="date"
        value={query.get('createdTo') ?? ''}
        onChange={(event) => set('createdTo', event.currentTarget.value)}
      />
      <Checkbox
        label="Waits for a person"
        checked={query.get('needsReview') === 'true'}
        onChange={(event) => set('needsReview', event.currentTarget.checked ? 'true' : '')}
      />
    </Group>
  );
}

function Search({ words, onSearch }: { words: string; onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSearch(typed.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          label="Find"
          description="An order, payment, refund, customer, e-mail address, invoice number, amount in minor units, currency, state, gateway, day or review; several at once as gateway:stripe currency:EUR amount:4999"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          flex={1}
          maw={640}
        />
        <Button type="submit">Find</Button>
      </Group>
    </form>
  );
}

function Listed({ query }: { query: URLSearchParams }) {
  const given = query.toString();
  const pages = usePages<Page>(`/v1/orders?limit=${PAGE}${given && `&${given}`}`);
  const count = useGet<ListCount>(given === '' ? null : `/v1/overview/orders?${given}`).data;
  return (
    <Loaded query={pages}>
      {(data) => (
        <>
          {count !== undefined && <Text role="status">{boundedText(count, ' found')}</Text>}
          <Orders orders={data.pages.flatMap(({ orders }) => orders)} />
          <More pages={pages} />
        </>
      )}
    </Loaded>
  );
}

function Found({ words }: { words: string }) {
  const session = useSession();
  const found = useQuery({ queryKey: ['found', words], queryFn: () => findAll(session, words) });
  return (
    <Loaded query={found}>
      {({ orders, nextCursor }) => (
        <>
          <Orders orders={orders} />
          <Rest nextCursor={nextCursor} hint="Search for something that fewer orders have." />
        </>
      )}
    </Loaded>
  );
}

const TERM = /^(\w+):(\S+)$/;
const FILTERS: ReadonlySet<string> = new Set([
  ...['paymentId', 'refundId', 'customer', 'email', 'createdFrom', 'createdTo', 'gateway'],
  ...['currency', 'amount', 'state', 'needsReview', 'reviewReason', 'invoiceNumber'],
]);

/** `gateway:stripe amount:4999` is what the list of the API is asked with, by its names; null for anything else, such as a customer `crm:42`. */
function termsOf(words: string): URLSearchParams | null {
  const terms = words.split(/\s+/).map((word) => TERM.exec(word));
  const pairs = terms.flatMap((term) => {
    const [, name = '', value = ''] = term ?? [];
    return FILTERS.has(name) ? [[name, value]] : [];
  });
  return pairs.length === terms.length ? new URLSearchParams(pairs) : null;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const CURRENCY = /^[A-Z]{3}$/;
const GATEWAY = /^[a-z][a-z0-9-]{1,31}$/;
const AMOUNT = /^\d+$/;

/** The queries that would find orders by these words, each of them by an index. */
function queriesFor(words: string): string[] {
  const text = encodeURIComponent(words);
  if (words.includes('@')) return [`email=${text}`];
  if (DAY.test(words)) return [`createdFrom=${text}&createdTo=${text}`];
  // As it is shown, `partially paid`, or as the API has it.
  const state = words.toLowerCase().replaceAll(' ', '_');
  if ((ORDER_STATES as readonly string[]).includes(state)) return [`state=${state}`];
  if ((REVIEW_REASONS as readonly string[]).includes(words)) return [`reviewReason=${text}`];
  const names = ['paymentId', 'refundId', 'customer', 'invoiceNumber'];
  if (AMOUNT.test(words)) names.push('amount');
  if (CURRENCY.test(words)) names.push('currency');
  if (GATEWAY.test(words)) names.push('gateway');
  return names.map((name) => `${name}=${text}`);
}

/** What the words may be is not asked: everything that they can be is looked up. */
async function findAll(session: Session, words: string): Promise<Page> {
  const [order, ...pages] = await Promise.all([
    find<Order>(session, `/v1/orders/${encodeURIComponent(words)}`),
    ...queriesFor(words).map((query) => find<Page>(session, `/v1/orders?limit=${PAGE}&${query}`)),
  ]);
  const all = [...(order === null ? [] : [order]), ...pages.flatMap((page) => page?.orders ?? [])];
  const orders = [...new Map(all.map((one) => [one.id, one])).values()];
  return { orders, nextCursor: pages.find((page) => page?.nextCursor)?.nextCursor ?? null };
}

const COLUMNS: readonly Column<Order>[] = [
  {
    name: 'Order',
    cell: ({ id }) => (
      <Anchor component={Link} href={`/orders/${id}`} className="id">
        {id}
      </Anchor>
    ),
  },
  { name: 'State', cell: ({ state }) => <State state={state} /> },
  {
    name: 'Amount',
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
    isAmount: true,
  },
  {
    name: 'Paid',
    cell: ({ amountPaid, currency }) => <Money minor={amountPaid} currency={currency} />,
    isAmount: true,
  },
  {
    name: 'Refunded',
    cell: ({ amountRefunded, currency }) => <Money minor={amountRefunded} currency={currency} />,
    isAmount: true,
  },
  { name: 'Customer', cell: ({ customer }) => customer.email ?? customer.id },
  { name: 'Created', cell: ({ createdAt }) => <When at={createdAt} /> },
];

function Orders({ orders }: { orders: Order[] }) {
  if (orders.length === 0) return <Nothing>No such orders.</Nothing>;
  return <Grid label="Orders" rows={orders} keyOf={({ id }) => id} columns={COLUMNS} />;
}
