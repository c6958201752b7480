/** The lines of an order, its discount and its taxes, as papers print them. */
import type { CreditedTaxes, PricedLines, RateTax } from '../money/line-items.ts';
import { decimalText, moneyText } from '../money/text.ts';

/** One line, all of it as text. */
export interface LineRow {
  text: string;
  quantity: string;
  unitAmount: string;
  taxRate: string;
  amount: string;
}

type Labelled = readonly [label: string, amount: string];

export interface PrintedLines {
  rows: LineRow[];
  /** Between the lines and the total. */
  sums: Labelled[];
  /** The tax that is in the prices. */
  included: Labelled[];
  notes: string[];
}

export function printedLines(lines: PricedLines, currency: string): PrintedLines {
  const { taxBehavior, subtotal, discount, taxes } = lines;
  const money = (minor: number): string => moneyText(minor, currency);
  const taxed = taxes.map((rate) => taxSum(rate, currency));
  const contained = taxed.map(([label, tax]): Labelled => [`Includes ${label}`, tax]);
  const isIncluded = taxBehavior === 'inclusive';
  const discounted: Labelled[] = discount === 0 ? [] : [['Discount', `-${money(discount)}`]];
  const below = [...discounted, ...(isIncluded ? [] : taxed)];
  return {
    rows: lines.lines.map(({ description, quantity, unitAmount, taxRate, amount, ...line }) => {
      const off = line.discount ?? 0;
      const text = off === 0 ? description : `${description} (discount ${money(off)})`;
      return {
        text,
        quantity: String(quantity),
        unitAmount: decimalText(unitAmount, currency),
        taxRate: `${taxRate} %`,
        amount: decimalText(amount, currency),
      };
    }),
    sums: below.length === 0 ? [] : [['Subtotal', money(subtotal)], ...below],
    included: isIncluded ? contained : [],
    notes: notesOf(taxes),
  };
}

/** A credit note has a line for each rate, as a refund is of an amount and not of things. */
export function printedCredit(
  { taxes, beyond }: CreditedTaxes,
  { invoice, currency }: { invoice: string; currency: string },
): PrintedLines {
  const credited = taxes.filter(({ taxable, tax }) => taxable + tax > 0);
  const row = (text: string, amount: number, taxRate: string): LineRow => ({
    ...{ text, quantity: '1', taxRate },
    unitAmount: decimalText(amount, currency),
    amount: decimalText(amount, currency),
  });
  return {
    rows: [
      ...credited.map(({ taxRate, taxable }) =>
        row(`Refund of ${invoice}`, taxable, `${taxRate} %`),
      ),
      ...(beyond === 0 ? [] : [row(`Paid beyond ${invoice}`, beyond, '')]),
    ],
    sums: credited.map((rate) => taxSum(rate, currency)),
    included: [],
    notes: notesOf(credited),
  };
}

function taxSum({ taxRate, taxable, tax }: RateTax, currency: string): Labelled {
  return [`${taxRate} % tax on ${moneyText(taxable, currency)}`, moneyText(tax, currency)];
}

function notesOf(taxes: readonly RateTax[]): string[] {
  return taxes.flatMap(({ exemptionReason }) =>
    exemptionReason === undefined ? [] : [`No tax is charged: ${exemptionReason}`],
  );
}
