/** What is said of imports and differences over HTTP. */
import { z } from 'zod';
import { DIFFERENCE_STATES } from '../../store/schema/books.ts';
import type { Difference } from '../../store/settlements/differences.ts';
import type { SettlementImport } from '../../store/settlements/import-report.ts';
import { DIFFERENCE_KINDS, PROPOSALS } from '../../store/settlements/judge.ts';

export const gatewayName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a gateway')
  .meta({ description: 'The gateway’s name.' });

export const importSchema = z
  .object({
    id: z.string().meta({ description: "The import's id." }),
    gateway: z.string(),
    account: z.string().meta({ description: 'As it was named; empty where it was not.' }),
    format: z.string().meta({ description: "As which of the gateway's reports it was read." }),
    sha256: z.string().meta({ description: 'Of the file: the same file is imported once.' }),
    lines: z.int().meta({ description: 'How many it has.' }),
    newLines: z.int().meta({ description: 'Lines that no earlier file had.' }),
    firstDay: z.iso.date().meta({ description: 'The day of its first line.' }),
    lastDay: z.iso.date().meta({ description: 'The day of its last line.' }),
    importedAt: z.iso.datetime().meta({ description: 'When it was imported.' }),
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
    id: z.string().meta({ description: "The difference's id." }),
    kind: z
      .enum(DIFFERENCE_KINDS)
      .meta({ description: 'What does not agree; docs/reconciliation.md explains each.' }),
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
    proposal: z.enum(PROPOSALS).meta({ description: 'What there is to do about it.' }),
    state: z
      .enum(DIFFERENCE_STATES)
      .meta({ description: 'Whether it is open, decided, or gone by itself.' }),
    decision: z
      .enum(DECISIONS)
      .nullable()
      .meta({ description: 'What was decided; null while it is open.' }),
    note: z.string().nullable(),
    decidedBy: z.string().nullable().meta({ description: 'Names the API key.' }),
    decidedAt: z.iso.datetime().nullable(),
    foundAt: z.iso.datetime().meta({ description: 'When it was found.' }),
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
    month: z.string().meta({ description: 'YYYY-MM.' }),
    gateway: z.string(),
    lines: z.int().meta({ description: 'Lines of reports in it.' }),
    open: z.int().meta({ description: 'Differences that nobody has decided.' }),
    decided: z.int().meta({ description: 'Differences that somebody has decided.' }),
    isClosed: z.boolean().meta({ description: 'Whether no difference of it is open.' }),
  })
  .meta({ id: 'SettlementMonth' });
