/** For a bookkeeper: what gateways report otherwise than the books have it, month by month and day by day. */
import { Anchor, Card, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { components } from '../../src/client/index.ts';
import { moneyText } from '../../src/money/text.ts';
import { useGet, usePages } from '../api.ts';
import { DeedButton } from '../parts/deed.tsx';
import { KIND_WORDS, PROPOSAL_WORDS } from '../parts/difference-words.ts';
import { type Column, Grid } from '../parts/grid.tsx';
import { ListTitle, Loaded, More, Nothing, When } from '../parts/shown.tsx';
import { useSession } from '../session.tsx';

type Difference = components['schemas']['SettlementDifference'];
type Month = components['schemas']['SettlementMonth'];
type Day = components['schemas']['SettlementDay'];

const NOTE = { name: 'note', label: 'Why', kind: 'words', isRequired: true } as const;

export function SettlementsPage() {
  const { scope } = useSession();
  return (
    <Stack>
      <ListTitle name="Settlements" count="openDifferences" />
      <Text>
        Reports of gateways against the books. Reports are imported by the command payonce
        reconcile.
      </Text>
      {scope === 'ops' ? (
        <>
          <Months />
          <Differences />
          <Days />
        </>
      ) : (
        <Nothing>Only somebody with the scope ops sees and decides them.</Nothing>
      )}
    </Stack>
  );
}

const MONTH_COLUMNS: readonly Column<Month>[] = [
  { name: 'Month', cell: ({ month }) => month },
  { name: 'Gateway', cell: ({ gateway }) => gateway },
  { name: 'Lines', cell: ({ lines }) => lines.toLocaleString('en-GB'), isAmount: true },
  { name: 'Open', cell: ({ open }) => open.toLocaleString('en-GB'), isAmount: true },
  { name: 'Decided', cell: ({ decided }) => decided.toLocaleString('en-GB'), isAmount: true },
];

function Months() {
  const months = useGet<{ months: Month[] }>('/v1/settlements/months');
  return (
    <section>
      <Title order={3} size="h4">
        Months
      </Title>
      <Loaded query={months}>
        {({ months: found }) =>
          found.length === 0 ? (
            <Nothing>No report was imported.</Nothing>
          ) : (
            <Grid
              label="Months"
              rows={found}
              keyOf={({ month, gateway }) => `${month} ${gateway}`}
              columns={MONTH_COLUMNS}
            />
          )
        }
      </Loaded>
    </section>
  );
}

interface Page {
  differences: Difference[];
  nextCursor: string | null;
}

function Differences() {
  const [isAll, setIsAll] = useState(false);
  const pages = usePages<Page>(`/v1/settlements/differences?limit=50${isAll ? '' : '&state=open'}`);
  return (
    <section>
      <Title order={3} size="h4">
        Differences
      </Title>
      <Group my="xs">
        <Checkbox
          label="Also those that are settled"
          checked={isAll}
          onChange={(event) => setIsAll(event.currentTarget.checked)}
        />
        <DeedButton
          deed={{
            name: 'Compare again',
            consequence:
              'Asks orders for the gateway’s truth that lack what a report shows, and holds what is open against the books again. What agrees by now is resolved.',
            path: '/v1/settlements/match',
          }}
        />
      </Group>
      <Loaded query={pages}>
        {(data) => {
          const found = data.pages.flatMap(({ differences }) => differences);
          return found.length === 0 ? (
            <Nothing>{isAll ? 'Nothing differed.' : 'Nothing is open.'}</Nothing>
          ) : (
            <Stack>
              {found.map((difference) => (
                <OneDifference key={difference.id} difference={difference} />
              ))}
              <More pages={pages} />
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}

function OneDifference({ difference }: { difference: Difference }) {
  const { id, kind, gateway, reference, orderId, month, expected, found, currency } = difference;
  const { proposal, state, decision, decidedBy, note } = difference;
  const amount = (minor: number | null) =>
    minor === null ? 'nothing' : moneyText(minor, currency);
  return (
    <Card withBorder component="article" aria-label={`difference ${id}`}>
      <Group justify="space-between">
        <Text fw={600}>{KIND_WORDS[kind]}</Text>
        <Text>{decision === null ? state : `${state}: ${decision.replace('_', ' ')}`}</Text>
      </Group>
      <Text size="sm" className="id">
        {reference} at {gateway}, {month}. The books have {amount(expected)}, the report has{' '}
        {amount(found)}.
      </Text>
      {orderId !== null && (
        <Anchor component={Link} href={`/orders/${orderId}`} className="id">
          {orderId}
        </Anchor>
      )}
      {state === 'open' ? (
        <>
          <Text size="sm">{PROPOSAL_WORDS[proposal]}</Text>
          <Decisions difference={difference} />
        </>
      ) : (
        decidedBy !== null && (
          <Text size="sm">
            {decidedBy}: {note ?? 'without a note'}
          </Text>
        )
      )}
    </Card>
  );
}

function Decisions({ difference: { id, kind, orderId, paymentId } }: { difference: Difference }) {
  const path = `/v1/settlements/differences/${id}/decision`;
  const isAttachable = kind === 'foreign_payment' && paymentId !== null;
  return (
    <Group mt="xs">
      {isAttachable && (
        <DeedButton
          deed={{
            name: 'Attach',
            consequence: 'The payment counts as one of this order, as the gateway knows it.',
            path,
            body: { decision: 'attach' },
            fields: [
              {
                name: 'orderId',
                label: 'Order',
                isRequired: true,
                ...(orderId === null ? {} : { initial: orderId }),
              },
              NOTE,
            ],
          }}
        />
      )}
      <DeedButton
        deed={{
          name: 'Accept',
          consequence: 'Leaves books and orders as they are. The month waits for it no longer.',
          path,
          body: { decision: 'accept' },
          fields: [NOTE],
        }}
      />
      <DeedButton
        deed={{
          name: 'Write off',
          consequence:
            'Moves what the books hold in suspense for it to the account of write-offs, for good.',
          path,
          body: { decision: 'write_off' },
          fields: [NOTE],
          color: 'red.9',
        }}
      />
    </Group>
  );
}

const DAY_COLUMNS: readonly Column<Day>[] = [
  { name: 'Day', cell: ({ date }) => date },
  { name: 'Gateway', cell: ({ gateway }) => gateway },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Problem', cell: ({ problem }) => problem ?? '–' },
  { name: 'Asked for by', cell: ({ requestedBy }) => requestedBy },
  { name: 'Changed', cell: ({ changedAt }) => <When at={changedAt} /> },
];

function Days() {
  const days = useGet<{ days: Day[] }>('/v1/settlements/days?limit=31');
  return (
    <section>
      <Title order={3} size="h4">
        Days from gateways’ APIs
      </Title>
      <Group my="xs">
        <DeedButton
          deed={{
            name: 'Fetch a day',
            consequence:
              'Asks the gateway’s API for all that it did with money on that day, and imports it as a report is imported. A day that was fetched before is fetched again, and nothing counts twice.',
            path: '/v1/settlements/days',
            fields: [
              { name: 'gateway', label: 'Gateway', isRequired: true },
              { name: 'date', label: 'Day', kind: 'day', isRequired: true },
            ],
          }}
        />
      </Group>
      <Loaded query={days}>
        {({ days: found }) =>
          found.length === 0 ? (
            <Nothing>No day was fetched.</Nothing>
          ) : (
            <Grid
              label="Days"
              rows={found}
              keyOf={({ date, gateway }) => `${date} ${gateway}`}
              columns={DAY_COLUMNS}
            />
          )
        }
      </Loaded>
    </section>
  );
}
