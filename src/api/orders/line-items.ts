/** The lines of an order: how a caller sends them, what is wrong with them, and how they are shown. */
import { z } from 'zod';
import { MAX_AMOUNT_MINOR } from '../../money/amounts.ts';
import {
  amountOfLine,
  isReadable,
  type LineItem,
  type OrderLines,
  type PricedLines,
  rateKey,
  TAX_BEHAVIORS,
  TAX_RATE,
} from '../../money/line-items.ts';
import { moneyText } from '../../money/text.ts';
import { nonNegativeAmount, positiveInteger, text } from '../http/request-schemas.ts';
import { Problem } from '../problems/problem.ts';

/** As many as Stripe's Checkout takes; with all that a line may have, they are below the limits of a request. */
const MAX_LINES = 100;
const MAX_QUANTITY = 1_000_000;
/** More than any country has; their sums stand together on one page. */
const MAX_RATES = 10;

const lineItem = z
  .strictObject({
    description: text(200)
      .refine(isReadable, 'must have a character that can be read')
      .meta({ description: 'What was sold, as the invoice prints it.' }),
    quantity: positiveInteger
      .max(MAX_QUANTITY, `must be at most ${MAX_QUANTITY}`)
      .meta({ description: 'How many; what is sold in parts is one of a price.' }),
    unitAmount: nonNegativeAmount.meta({
      description: 'Minor units: the price of one, with or without tax as `taxBehavior` says.',
    }),
    taxRate: z
      .string(
        'must be a rate in per cent as text, such as "19" or "8.1", and "0" where no tax is charged',
      )
      .regex(
        TAX_RATE,
        'must be a rate in per cent from "0" to "100" with at most four decimals and a point, such as "19" or "8.1"',
      )
      .meta({ example: '19', description: 'Per cent, as an exact decimal.' }),
    discount: nonNegativeAmount
      .optional()
      .meta({ description: 'Minor units off the whole line, in the same way as `unitAmount`.' }),
    exemptionReason: text(200)
      .refine(isReadable, 'must have a character that can be read')
      .optional()
      .meta({
        description:
          'Why no tax is charged where the law exempts the sale, such as "Article 132 of Directive 2006/112/EC"; with a rate of 0 alone. Left out, a rate of 0 is a zero rate.',
      }),
  })
  .superRefine((line, context) => {
    const refuse = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    const whole = line.quantity * line.unitAmount;
    if (whole > MAX_AMOUNT_MINOR)
      refuse('quantity', `times unitAmount must be at most ${MAX_AMOUNT_MINOR} minor units`);
    else if ((line.discount ?? 0) > whole)
      refuse('discount', 'must be at most quantity times unitAmount');
    if (line.exemptionReason !== undefined && Number(line.taxRate) !== 0)
      refuse('exemptionReason', 'needs a taxRate of "0": leave one of the two out');
  })
  .meta({ id: 'LineItem' });

const taxBehavior = z
  .enum(TAX_BEHAVIORS, 'must be inclusive or exclusive')
  .meta({ description: 'Whether prices and discounts of lines have the tax in them.' });

/** What of a new order is about its lines. */
export const lineFields = {
  lineItems: z
    .array(lineItem)
    .min(1, 'must have at least one line, or be left out')
    .max(MAX_LINES, `must have at most ${MAX_LINES} lines`)
    .optional()
    .meta({
      description:
        'What invoices list, with tax. Together they come to `amount`: tax is rounded half up, once for each rate, on the sum of its lines.',
    }),
  taxBehavior: taxBehavior.optional(),
  discount: nonNegativeAmount.optional().meta({
    description:
      'Minor units off all lines together, which each rate bears in proportion; with lineItems.',
  }),
};

type LineFields = z.infer<z.ZodObject<typeof lineFields>>;

/** What the fields of lines have to do with each other. */
export function checkLineFields(
  { lineItems, taxBehavior, discount = 0 }: LineFields,
  context: z.RefinementCtx<LineFields>,
): void {
  const refuse = (field: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  if (lineItems === undefined) {
    const needed = 'is about lines: send lineItems with it, or leave it out';
    if (taxBehavior !== undefined) refuse('taxBehavior', needed);
    if (discount > 0) refuse('discount', needed);
    return;
  }
  if (taxBehavior === undefined)
    refuse(
      'taxBehavior',
      'is missing: send inclusive where the prices of lines have the tax in them, exclusive where it comes on top',
    );
  if (new Set(lineItems.map(rateKey)).size > MAX_RATES)
    refuse(
      'lineItems',
      `must have at most ${MAX_RATES} different rates, each with one reason where no tax is charged`,
    );
  if (discount > lineItems.reduce((all, line) => all + amountOfLine(line), 0))
    refuse('discount', 'must be at most what the lines come to');
}

/** The lines of a new order; null where it has none. */
export function linesOf({ lineItems, taxBehavior, discount = 0 }: LineFields): OrderLines | null {
  if (lineItems === undefined || taxBehavior === undefined) return null;
  return { lineItems, taxBehavior, discount };
}

/** What is wrong where lines come to another amount than the order's; null where nothing is. */
export function linesMismatch(
  { amount, currency }: { amount: number; currency: string },
  lines: PricedLines | null,
): Problem | null {
  if (lines === null || lines.total === amount) return null;
  const money = (minor: number): string => moneyText(minor, currency);
  const tax = lines.taxes.reduce((all, rate) => all + rate.tax, 0);
  const sums = `${money(lines.total - tax)} and ${money(tax)} tax`;
  const message = `is ${money(amount)}, and the lines come to ${money(lines.total)} (${sums}): send ${lines.total}, or correct the lines`;
  const errors = [{ pointer: '/amount', message }];
  return new Problem('line_items_mismatch', { detail: `The amount ${message}.`, errors });
}

/** What an order shows of its lines; nothing of it where it has none. */
export const shownLineFields = {
  lineItems: z
    .array(
      z
        .object({
          ...lineItem.shape,
          amount: z.int().meta({
            description: 'Minor units: quantity times unitAmount, less the discount of the line.',
          }),
        })
        .meta({ id: 'PricedLineItem' }),
    )
    .optional()
    .meta({ description: 'What invoices list.' }),
  taxBehavior: taxBehavior.optional(),
  discount: z.int().optional().meta({ description: 'Minor units off all lines together.' }),
  taxes: z
    .array(
      z.object({
        taxRate: z.string().meta({ example: '19', description: 'Per cent.' }),
        exemptionReason: z
          .string()
          .optional()
          .meta({ description: 'Why no tax is charged where the law exempts the sale.' }),
        taxable: z.int().meta({ description: 'Minor units that the tax is charged on.' }),
        tax: z.int().meta({ description: 'Minor units of tax.' }),
      }),
    )
    .optional()
    .meta({ description: 'The tax of each rate; with what it is charged on, the amount.' }),
};

type ShownLineFields = z.infer<z.ZodObject<typeof shownLineFields>>;

export function representLines(lines: PricedLines | null): ShownLineFields {
  if (lines === null) return {};
  const { taxBehavior, discount, taxes } = lines;
  return {
    lineItems: lines.lines,
    taxBehavior,
    discount,
    taxes: taxes.map(({ amount: _amount, discount: _discount, ...rate }) => rate),
  };
}

/** As they were sent, to be compared. */
export function sentLines({ lines, taxBehavior, discount }: PricedLines): OrderLines {
  const lineItems = lines.map(({ amount: _amount, ...line }): LineItem => line);
  return { lineItems, taxBehavior, discount };
}
