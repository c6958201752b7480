/** Plots of the first page, each with its figures as a table for whoever cannot see it. */
import { Card, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { decimalText } from '../../src/money/text.ts';
import type { LastDay } from '../api.ts';
import { Grid } from './grid.tsx';
import { Nothing } from './shown.tsx';

const BLUE = '#1864ab';
const RED = '#c92a2a';
const HEIGHT = 220;

interface Series {
  key: string;
  label: string;
  color: string;
}

interface Plot {
  title: string;
  /** What the bars stand at. */
  along: string;
  rows: { at: string; values: Record<string, number> }[];
  series: Series[];
  /** What is said below, such as a unit. */
  note?: string;
  text?: (value: number) => string;
}

const grouped = (value: number): string => value.toLocaleString('en-GB');

/** The chart is a picture to a screen reader; its table says the same. */
function Bars({ title, along, rows, series, note, text = grouped }: Plot): ReactNode {
  return (
    <Card withBorder component="figure" m={0}>
      <Title order={3} size="h4">
        {title}
      </Title>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <BarChart data={rows} accessibilityLayer={false}>
            <CartesianGrid vertical={false} />
            <XAxis dataKey="at" />
            <YAxis allowDecimals={false} width={72} tickFormatter={text} />
            {series.length > 1 && <Legend />}
            {series.map(({ key, label, color }) => (
              <Bar
                key={key}
                dataKey={`values.${key}`}
                name={label}
                fill={color}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <details>
        <summary>The figures{note === undefined ? '' : ` (${note})`}</summary>
        <Grid
          label={`${title}: the figures`}
          rows={rows}
          keyOf={({ at }) => at}
          columns={[
            { name: along, cell: ({ at }) => at },
            ...series.map(({ key, label }) => ({
              name: label,
              cell: ({ values }: Plot['rows'][number]) => text(values[key] ?? 0),
              isAmount: true,
            })),
          ]}
        />
      </details>
    </Card>
  );
}

function hourOf(from: string): string {
  return new Date(from).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** One of each currency that moved: amounts of two currencies have no common axis. */
export function MoneyPlots({ day }: { day: LastDay }): ReactNode {
  const currencies = new Set(day.hours.flatMap(({ money }) => money.map((one) => one.currency)));
  return [...currencies].sort().map((currency) => (
    <Bars
      key={currency}
      title={`Captured and refunded in ${currency}`}
      along="Hour"
      rows={day.hours.map(({ from, money }) => {
        const { captured = 0, refunded = 0 } = money.find((one) => one.currency === currency) ?? {};
        return { at: hourOf(from), values: { captured, refunded } };
      })}
      series={[
        { key: 'captured', label: 'Captured', color: BLUE },
        { key: 'refunded', label: 'Refunded', color: RED },
      ]}
      text={(minor) => decimalText(minor, currency)}
    />
  ));
}

export function OrdersPlot({ day }: { day: LastDay }): ReactNode {
  return (
    <Bars
      title="Orders and repeats"
      along="Hour"
      rows={day.hours.map(({ from, ordersCreated, repeatedEvents }) => ({
        at: hourOf(from),
        values: { ordersCreated, repeatedEvents },
      }))}
      series={[
        { key: 'ordersCreated', label: 'Orders created', color: BLUE },
        { key: 'repeatedEvents', label: 'Events repeated', color: RED },
      ]}
    />
  );
}

const UNITS = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** In the largest unit that it has at least one of. */
function durationText(ms: number): string {
  const [length, name] = UNITS.find(([unit]) => ms >= unit) ?? [1, 'ms'];
  return `${ms / length} ${name}`;
}

export function WebhooksPlot({ day }: { day: LastDay }): ReactNode {
  const { taken, since } = day.webhooks;
  const longest = Math.max(...taken.map(({ withinMs }) => withinMs ?? 0));
  return (
    <Bars
      title="Webhook lag"
      along="From the event to its webhook"
      note={`by the gateways’ clocks, of the API that answered, since ${new Date(since).toLocaleString('en-GB')}`}
      rows={taken.map(({ withinMs, count }) => ({
        at: withinMs === null ? `over ${durationText(longest)}` : durationText(withinMs),
        values: { count },
      }))}
      series={[{ key: 'count', label: 'Webhooks', color: BLUE }]}
    />
  );
}

export function EffectsPlot({ day }: { day: LastDay }): ReactNode {
  const title = 'Effects that are tried again';
  if (day.waitingEffects.length === 0)
    return (
      <Card withBorder component="figure" m={0}>
        <Title order={3} size="h4">
          {title}
        </Title>
        <Nothing>No effect waits for its next try.</Nothing>
      </Card>
    );
  return (
    <Bars
      title={title}
      along="Kind"
      rows={day.waitingEffects.map(({ name, count }) => ({ at: name, values: { count } }))}
      series={[{ key: 'count', label: 'Effects', color: BLUE }]}
    />
  );
}
