/** Plots of the first page, each with its figures as a table for whoever cannot see it. */
import { Card, Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { decimalText } from '../../src/money/text.ts';
import type { LastDay } from '../api.ts';

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
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{along}</Table.Th>
              {series.map(({ key, label }) => (
                <Table.Th key={key} className="amount">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.at}>
                <Table.Td>{row.at}</Table.Td>
                {series.map(({ key }) => (
                  <Table.Td key={key} className="amount">
                    {text(row.values[key] ?? 0)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
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

export function WebhooksPlot({ day }: { day: LastDay }): ReactNode {
  const { answered, since } = day.webhooks;
  const longest = Math.max(...answered.map(({ withinMs }) => withinMs ?? 0));
  return (
    <Bars
      title="How long webhooks took"
      along="Milliseconds"
      note={`of the API that answered, since ${new Date(since).toLocaleString('en-GB')}`}
      rows={answered.map(({ withinMs, count }) => ({
        at: withinMs === null ? `over ${longest}` : `to ${withinMs}`,
        values: { count },
      }))}
      series={[{ key: 'count', label: 'Webhooks', color: BLUE }]}
    />
  );
}

export function EffectsPlot({ day }: { day: LastDay }): ReactNode {
  if (day.waitingEffects.length === 0) return null;
  return (
    <Bars
      title="Effects that are tried again"
      along="Kind"
      rows={day.waitingEffects.map(({ name, count }) => ({ at: name, values: { count } }))}
      series={[{ key: 'count', label: 'Effects', color: BLUE }]}
    />
  );
}
