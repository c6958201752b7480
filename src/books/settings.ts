/** The settings of the books, from the YAML file that BOOKS_FILE names: accounts, agreed fees, patience. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { minorDigits } from '../money/currencies.ts';
import { minorOfDecimal } from '../money/decimal.ts';
import type { BookTerms } from '../store/settlements/terms.ts';
import { type AccountRole, type Chart, DEFAULT_CHART } from './chart.ts';

export interface BooksSettings {
  chart: Chart;
  terms: BookTerms;
  /** Gateways whose days are fetched from their APIs by themselves; one that is not named, or off, only when asked for. */
  daily: 'off' | Readonly<Record<string, DailySettings>>;
}

export type DailySettings =
  | 'off'
  | {
      /** The zone of the gateway's account; that of its format where absent. Imported lines keep their days. */
      zone?: string | undefined;
      /** As imports of files name the account; empty where they do not. Imported lines keep it. */
      account: string;
    };

/** Gateways settle within days; what no report has shown by then is looked for. */
const REPORTED_WITHIN_DAYS = 7;

const ACCOUNT =
  /^(Assets|Liabilities|Equity|Income|Expenses)(:([A-Z0-9][A-Za-z0-9-]*|\{gateway\}))+$/;
const ROLES = Object.keys(DEFAULT_CHART) as [AccountRole, ...AccountRole[]];

const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, 'must be a percentage in quotes, such as "2.9"');

const feeSchema = z
  .strictObject({
    gateway: z.string().regex(/^[a-z]{1,32}$/, 'must be the name of a gateway'),
    currency: z
      .string()
      .refine((code) => minorDigits(code) !== null, 'must be a currency of ISO 4217'),
    percent,
    fixed: z.string().default('0'),
    taxPercent: percent.default('0'),
  })
  .transform(({ fixed, ...terms }, context) => {
    try {
      return { ...terms, fixedMinor: minorOfDecimal(fixed, terms.currency) };
    } catch {
      context.addIssue({ code: 'custom', path: ['fixed'], message: 'must be a decimal in quotes' });
      return z.NEVER;
    }
  });

const zone = z
  .string()
  .refine(isZone, 'must be a time zone of the IANA database, such as Europe/Berlin');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets are no zones to PostgreSQL, or have the other sign there.
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

const off = z.literal('off', 'must be off, or settings');

const dailySchema = z.union([
  off,
  z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a gateway'),
    z.union([
      off,
      z.strictObject({
        zone: zone.optional(),
        account: z
          .string()
          .regex(/^[\x21-\x7e]{0,255}$/, 'must be visible ASCII characters')
          .default(''),
      }),
    ]),
  ),
]);

const fileSchema = z.strictObject({
  accounts: z
    .partialRecord(
      z.enum(ROLES),
      z.string().regex(ACCOUNT, 'must be an account such as Assets:Bank'),
    )
    .default({}),
  fees: z.array(feeSchema).default([]),
  daily: dailySchema.default({}),
  reportedWithinDays: z.int().min(1).max(365).default(REPORTED_WITHIN_DAYS),
});

/** @throws Error with one line per problem of the file. */
export function readBooksSettings(file: string | undefined): BooksSettings {
  if (file === undefined) return settingsOf({});
  try {
    return settingsOf(parse(readFileSync(file, 'utf8')) ?? {});
  } catch (error) {
    const problems =
      error instanceof z.ZodError
        ? error.issues.flatMap((issue) => problemsOf(issue))
        : [`  ${error instanceof Error ? error.message : String(error)}`];
    throw new Error([`BOOKS_FILE ${file} cannot be used:`, ...problems].join('\n'));
  }
}

/** What is wrong within one of several forms is told of the form that was meant, and not as none of them. */
function problemsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): string[] {
  const path = [...above, ...issue.path];
  const forms: readonly z.core.$ZodIssue[][] = issue.code === 'invalid_union' ? issue.errors : [];
  const meant = forms.find((issues) => issues.some((one) => one.path.length > 0)) ?? forms[0];
  if (meant !== undefined) return meant.flatMap((one) => problemsOf(one, path));
  return [`  ${path.join('.')} ${issue.message}`];
}

function settingsOf(value: unknown): BooksSettings {
  const { accounts, fees, daily, reportedWithinDays } = fileSchema.parse(value);
  const chart = { ...DEFAULT_CHART, ...accounts };
  refuseOneNameForTwo(chart);
  return { chart, terms: { fees, reportedWithinDays }, daily };
}

/** Two of our accounts in one of the bookkeeper's could not be told apart again. */
function refuseOneNameForTwo(chart: Chart): void {
  const names = Object.values(chart);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`the account ${twice} is there twice`);
}
