/** What is said of imports and differences over HTTP. */
import { z } from 'zod';
import { DIFFERENCE_STATES } from '../../store/schema/books.ts';
import type { Difference } from '../../store/settlements/differences.ts';
import type { SettlementImport } from '../../store/settlements/import-report.ts';
import { DIFFERENCE_KINDS, PROPOSALS } from '../../store/settlements/judge.ts';

export const importSchema = z
  .object({
    id: z.string(),
    gateway: z.string(),
    account: z.string().meta({ description: 'As it was named; empty where it was not.' }),
    format: z.string(),
    sha256: z.string(),
    lines: z.int(),
    newLines: z.int().meta({ description: 'Lines that no earlier file had.' }),
    firstDay: z.iso.date(),
    lastDay: z.iso.date(),
    importedAt: z.iso.datetime(),
  })
  .meta({ id: 'SettlementImport' });

export function representImport(report: SettlementImport): z.infer<typeof importSchema> {
  const { id, importedAt, ...rest } = report;
  return { id: String(id), ...rest, importedAt: importedAt.toISOString() };
}

export const DECISIONS = ['accept', 'attach', 'write_off'] as const;

const minor = (what: string) =>
  z
    .int()
    .nullable()
    .meta({ description: `${what}, in minor units; null where there is nothing.` });

export const differenceSchema = z
  .object({
    id: z.string(),
    kind: z.enum(DIFFERENCE_KINDS),
    gateway: z.string(),
    reference: z
      .string()
      .meta({ description: 'The gateway’s id of the payment, refund, dispute, line or payout.' }),
    paymentId: z.string().nullable(),
    orderId: z.string().nullable(),
    month: z.string().meta({ description: 'YYYY-MM: the month that stays open with it.' }),
    expected: minor('What the books have'),
    found: minor('What the report has'),
    currency: z.string(),
    proposal: z.enum(PROPOSALS),
    state: z.enum(DIFFERENCE_STATES),
    decision: z.enum(DECISIONS).nullable(),
    note: z.string().nullable(),
    decidedBy: z.string().nullable().meta({ description: 'Names the API key.' }),
    decidedAt: z.iso.datetime().nullable(),
    foundAt: z.iso.datetime(),
    syncedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When its order was asked to sync.' }),
  })
  .meta({ id: 'SettlementDifference' });

export function representDifference(difference: Difference): object {
  const { expectedMinor, foundMinor, decidedAt, foundAt, syncedAt, ...rest } = difference;
  return {
    ...rest,
    expected: expectedMinor,
    found: foundMinor,
    decidedAt: decidedAt?.toISOString() ?? null,
    foundAt: foundAt.toISOString(),
    syncedAt: syncedAt?.toISOString() ?? null,
  };
}

export const monthSchema = z
  .object({
    month: z.string(),
    gateway: z.string(),
    lines: z.int(),
    open: z.int(),
    decided: z.int(),
    isClosed: z.boolean().meta({ description: 'Whether no difference of it is open.' }),
  })
  .meta({ id: 'SettlementMonth' });
