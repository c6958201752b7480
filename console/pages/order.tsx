import { Anchor, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { moneyText } from '../../src/money/text.ts';
import { type Order, useGet } from '../api.ts';
import { OpenReviews, RefusedEffects } from '../parts/decisions.tsx';
import { DeedButton } from '../parts/deed.tsx';
import type { Deed } from '../parts/deeds.ts';
import { Grid } from '../parts/grid.tsx';
import { OrderDeeds } from '../parts/order-deeds.tsx';
import { Loaded, Money, Nothing, State, When } from '../parts/shown.tsx';
import { OrderTimeline } from '../parts/timeline.tsx';
import { useSession } from '../session.tsx';

export function OrderPage({ id }: { id: string }) {
  const order = useGet<Order>(`/v1/orders/${encodeURIComponent(id)}`);
  return <Loaded query={order}>{(found) => <Shown order={found} />}</Loaded>;
}

function Shown({ order }: { order: Order }) {
  const { id, state, version, customer, gateway, description, gatewayFailure } = order;
  const { temporalUiUrl } = useSession();
  return (
    <Stack>
      <Group>
        <Title order={2} className="id">
          {id}
        </Title>
        <State state={state} />
        {order.late && <Text size="sm">confirmed late</Text>}
        {order.access.status !== 'none' && <Text size="sm">{accessText(order.access)}</Text>}
        {temporalUiUrl !== null && (
          <Anchor
            href={`${temporalUiUrl}/${encodeURIComponent(id)}`}
            target="_blank"
            rel="noreferrer"
          >
            Run in Temporal
          </Anchor>
        )}
      </Group>
      <Text size="sm" className="words">
        Version {version}, through {gateway}, for {customer.email ?? customer.name ?? customer.id}.
        Created <When at={order.createdAt} />, changed <When at={order.updatedAt} />, expires{' '}
        <When at={order.expiresAt} />.{description === undefined ? '' : ` ${description}`}
        {customer.erasedAt !== undefined && (
          <>
            {' '}
            Personal data erased <When at={customer.erasedAt} />.
          </>
        )}
      </Text>
      <OrderDeeds order={order} />
      <OpenReviews order={order} />
      <RefusedEffects order={order} />
      {order.lostRun !== null && (
        <Text size="sm" className="words">
          <When at={order.lostRun.at} />: {order.lostRun.reason}.
        </Text>
      )}
      {gatewayFailure !== null && (
        <Text c="red.9">
          {gateway} has not answered since <When at={gatewayFailure.since} />:{' '}
          {gatewayFailure.error}
        </Text>
      )}
      <Metadata metadata={order.metadata} />
      <Sums order={order} />
      {order.lineItems !== undefined && <Lines order={order} lineItems={order.lineItems} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Payments order={order} />
        <MoneyBack order={order} />
      </SimpleGrid>
      <Effects order={order} />
      <OrderTimeline id={id} />
    </Stack>
  );
}

function accessText({ status, byHand }: Order['access']): string {
  if (status === 'held') return 'access held until the dispute has ended';
  return `access ${status}${byHand ? ' by hand' : ''}`;
}

function Sums({ order }: { order: Order }) {
  const { amount, amountAuthorized, amountPaid, amountRefunded, amountDiscounted } = order;
  const { amountWrittenOff, currency, disputes } = order;
  const disputed = disputes
    .filter(({ status }) => status === 'opened' || status === 'inquiry')
    .reduce((total, dispute) => total + dispute.amount, 0);
  const sums = [
    ['Asked', amount],
    ['Authorized', amountAuthorized],
    ['Paid', amountPaid],
    ['Refunded', amountRefunded],
    ['Disputed', disputed],
    ['Outstanding', Math.max(0, amount - amountDiscounted - amountWrittenOff - amountPaid)],
    ...(amountWrittenOff > 0 ? [['Written off', amountWrittenOff] as const] : []),
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 6 }}>
      {sums.map(([name, minor]) => (
        <Card key={name} withBorder padding="xs">
          <Text size="sm">{name}</Text>
          <Text fw={600}>
            <Money minor={minor} currency={currency} />
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}

interface Row {
  key: string;
  cells: (string | null)[];
}

function List({ title, head, rows }: { title: string; head: string[]; rows: Row[] }) {
  return (
    <Card withBorder>
      <Title order={3} size="h4">
        {title}
      </Title>
      {rows.length === 0 ? (
        <Nothing>None.</Nothing>
      ) : (
        <Grid
          label={title}
          rows={rows}
          keyOf={({ key }) => key}
          columns={head.map((name, i) => ({
            name,
            cell: ({ cells }: Row) => <span className="id">{cells[i] ?? '–'}</span>,
          }))}
        />
      )}
    </Card>
  );
}

/** As invoices list them: lines, then what is off all of them, then the tax of each rate. */
function Lines({
  order: { discount = 0, taxBehavior, taxes = [], currency },
  lineItems,
}: {
  order: Order;
  lineItems: NonNullable<Order['lineItems']>;
}) {
  const money = (minor: number): string => moneyText(minor, currency);
  const rows = [
    ...lineItems.map(({ description, quantity, unitAmount, discount: off = 0, ...line }, i) => ({
      key: `line ${i}`,
      cells: [
        description,
        `${quantity} × ${money(unitAmount)}${off === 0 ? '' : ` - ${money(off)}`}`,
        `${line.taxRate} %`,
        money(line.amount),
      ],
    })),
    ...(discount === 0
      ? []
      : [{ key: 'discount', cells: ['Discount', null, null, `-${money(discount)}`] }]),
    ...taxes.map(({ taxRate, taxable, tax, exemptionReason }) => ({
      key: `tax ${taxRate} ${exemptionReason}`,
      cells: [
        exemptionReason ?? (taxBehavior === 'inclusive' ? 'Tax, included' : 'Tax'),
        `on ${money(taxable)}`,
        `${taxRate} %`,
        money(tax),
      ],
    })),
  ];
  return <List title="Lines" head={['What', 'Price', 'Tax rate', 'Amount']} rows={rows} />;
}

function Payments({ order: { payments, currency } }: { order: Order }) {
  const rows = payments.map(({ id, attempt, status, amount, manual, captureBefore }) => ({
    key: id ?? `attempt ${attempt}`,
    cells: [
      id ?? 'not named yet',
      manual === null
        ? withEnd(status, captureBefore)
        : `${status} by ${manual.method} on ${manual.receivedOn}`,
      moneyText(amount, currency),
    ],
  }));
  return <List title="Payments" head={['Payment', 'Status', 'Amount']} rows={rows} />;
}

function withEnd(status: string, captureBefore: string | null): string {
  return captureBefore === null ? status : `${status} until ${captureBefore}`;
}

function MoneyBack({ order: { refunds, disputes, currency } }: { order: Order }) {
  const rows = [
    ...refunds.map(({ id, refundId, status, amount, reason, refusal, manual }) => ({
      key: id,
      cells: [
        `refund ${refundId ?? id}`,
        manual === null
          ? withReason(status, refusal)
          : `by ${manual.method} on ${manual.returnedOn}`,
        moneyText(amount, currency),
        reason,
      ],
    })),
    ...disputes.map(({ id, status, amount, respondBy }) => ({
      key: id,
      cells: [
        `dispute ${id}`,
        respondBy === null ? status : `${status}, to be answered until ${respondBy}`,
        moneyText(amount, currency),
        null,
      ],
    })),
  ];
  return <List title="Money back" head={['What', 'Status', 'Amount', 'Reason']} rows={rows} />;
}

function withReason(status: string, refusal: string | null): string {
  return refusal === null ? status : `${status}: ${refusal}`;
}

/** What the shop keeps with the order. */
function Metadata({ metadata }: { metadata: Order['metadata'] }) {
  const rows = Object.entries(metadata).map(([name, text]) => ({ key: name, cells: [name, text] }));
  return rows.length === 0 ? null : <List title="Metadata" head={['Name', 'Text']} rows={rows} />;
}

/** What goes to another system, and can be sent there again once it was delivered. */
const MESSAGES = ['update_crm', 'grant_access', 'revoke_access'];

function Effects({ order: { id, version, effects } }: { order: Order }) {
  const { scope } = useSession();
  const messages = effects.filter(
    ({ effect, status }) => status === 'done' && MESSAGES.includes(effect),
  );
  const resend: Deed = {
    name: 'Send again',
    consequence: `The other system gets the same message once more, under the same key. What it knows by its key, it does not do twice. You decide on version ${version} of the order.`,
    path: `/v1/orders/${id}/effects/:key/resend`,
    fields: [
      {
        name: 'key',
        label: 'Message',
        kind: { oneOf: messages.map(({ key }) => key) },
        isInPath: true,
      },
      { name: 'note', label: 'Why', kind: 'words' },
    ],
  };
  const rows = effects.map(({ key, status, attempts, error, nextTryAt }) => ({
    key,
    cells: [key, status, String(attempts), error, nextTryAt],
  }));
  const head = ['Effect', 'Status', 'Tries', 'Last error', 'Next try'];
  return (
    <Stack gap="xs">
      <List title="Effects" head={head} rows={rows} />
      {scope === 'ops' && messages.length > 0 && (
        <div>
          <DeedButton deed={resend} />
        </div>
      )}
    </Stack>
  );
}
