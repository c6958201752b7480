/**
 * What the lines of an order come to, tax included, in whole minor units; and what of it a refund takes back. Rounded
 * once a tax rate, on the sum of its lines, half up: so has EN 16931 it (BR-CO-17), and so the parts always add up.
 */

export const TAX_BEHAVIORS = ['inclusive', 'exclusive'] as const;
/** Whether the prices of an order have the tax in them. */
export type TaxBehavior = (typeof TAX_BEHAVIORS)[number];

/** Per cent with at most two digits before the point and four behind it, or 100. */
export const TAX_RATE = /^(?:\d{1,2}(?:\.\d{1,4})?|100(?:\.0{1,4})?)$/;
const RATE_DECIMALS = 4;
/** A hundred per cent, in the unit that rates are calculated in. */
const HUNDRED = 100n * 10n ** BigInt(RATE_DECIMALS);

/** A line as the shop sends it. Amounts are minor units of the order's currency, with or without tax as `taxBehavior` says. */
export interface LineItem {
  description: string;
  quantity: number;
  unitAmount: number;
  /** Per cent, as an exact decimal such as `8.1`; see `TAX_RATE`. */
  taxRate: string;
  /** Off the whole line; absent means none. */
  discount?: number | undefined;
  /** Why no tax is charged, where the law exempts it; absent where a rate of 0 is the law's own. */
  exemptionReason?: string | undefined;
}

/** No paper, and no electronic invoice, has a line or a party without a name. */
export function isReadable(name: string): boolean {
  return /[^\p{C}\s]/u.test(name);
}

export interface OrderLines {
  taxBehavior: TaxBehavior;
  lineItems: readonly LineItem[];
  /** Off all lines together. */
  discount: number;
}

/** The tax of one rate. */
export interface RateTax {
  /** Per cent, without zeros that say nothing: `19`, `8.1`, `0`. */
  taxRate: string;
  exemptionReason?: string;
  /** What tax is charged on, without it. */
  taxable: number;
  tax: number;
}

/** The lines with what they come to, as an order and its invoices keep them. All amounts are minor units. */
export interface PricedLines {
  taxBehavior: TaxBehavior;
  /** `amount` is quantity times price less the line's discount, with or without tax as `taxBehavior` says. */
  lines: (LineItem & { amount: number })[];
  /** Of all lines, likewise. */
  subtotal: number;
  /** Off all of them, likewise. */
  discount: number;
  /** Each rate's part of them, and its tax; in the order in which lines first have the rate. */
  taxes: (RateTax & { amount: number; discount: number })[];
  /** What is due, with tax. */
  total: number;
}

/** What a credit note takes back of an invoice's lines. */
export interface CreditedTaxes {
  taxes: RateTax[];
  /** What is given back beyond the invoice, such as money that was paid twice; no tax is in it. */
  beyond: number;
}

/**
 * @param lines whose amounts are safe integers from 0, each discount at most what it is taken off, rates as `TAX_RATE`
 */
export function priceLines({ taxBehavior, lineItems, discount }: OrderLines): PricedLines {
  const lines = lineItems.map((line) => ({ ...line, amount: amountOfLine(line) }));
  const groups = groupByRate(lines);
  const discounts = allocate(
    discount,
    groups.map(({ amount }) => amount),
  );
  const taxes = groups.map((group, i) => {
    const off = discounts[i] ?? 0;
    return { ...group, discount: off, ...taxOf(group.amount - off, group.taxRate, taxBehavior) };
  });
  return {
    taxBehavior,
    lines,
    subtotal: sum(lines.map(({ amount }) => amount)),
    discount,
    taxes,
    total: sum(taxes.map(({ taxable, tax }) => taxable + tax)),
  };
}

/** Quantity times price, less the line's own discount. */
export function amountOfLine({
  quantity,
  unitAmount,
  discount = 0,
}: Pick<LineItem, 'quantity' | 'unitAmount' | 'discount'>): number {
  return quantity * unitAmount - discount;
}

/**
 * What a refund takes back, rate by rate: in proportion to what earlier credit notes have left of the invoice. So all of
 * them together never take back more than it has, of no rate, and exactly that once as much is refunded.
 *
 * @param earlier what was credited before of the same invoice
 * @param amount minor units that are given back, tax included
 * @param surplus minor units that the shop has beyond its invoices: they go back first, and have no tax
 */
export function creditLines(
  { taxes }: Pick<PricedLines, 'taxes'>,
  earlier: readonly CreditedTaxes[],
  amount: number,
  surplus = 0,
): CreditedTaxes {
  const left = taxes.map(({ taxRate, exemptionReason, taxable, tax }, i) => {
    const before = earlier.flatMap((note) => note.taxes[i] ?? []);
    return {
      taxRate,
      ...(exemptionReason === undefined ? {} : { exemptionReason }),
      tax: tax - sum(before.map((credited) => credited.tax)),
      gross: taxable + tax - sum(before.map((credited) => credited.taxable + credited.tax)),
    };
  });
  const ofInvoice = amount - Math.min(amount, surplus);
  const credited = Math.min(ofInvoice, sum(left.map(({ gross }) => gross)));
  const shares = allocate(
    credited,
    left.map(({ gross }) => gross),
  );
  return {
    taxes: left.map(({ tax: taxLeft, gross, ...rate }, i) => {
      const share = shares[i] ?? 0;
      const tax = gross === 0 ? 0 : halfUp(BigInt(share) * BigInt(taxLeft), BigInt(gross));
      return { ...rate, taxable: share - tax, tax };
    }),
    beyond: amount - credited,
  };
}

/**
 * Splits a total in proportion to weights that together are at least as much: no part is more than its weight. What
 * rounding leaves goes to those that lost most by it, the first of equals.
 */
export function allocate(total: number, weights: readonly number[]): number[] {
  const all = BigInt(sum(weights));
  if (all === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((part) => Number(part / all));
  const lost = exact.map((part, index) => ({ index, rest: part % all }));
  lost.sort((one, other) => Number(other.rest - one.rest) || one.index - other.index);
  const rest = total - sum(parts);
  for (const { index } of lost.slice(0, rest)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}

/** What of an amount is no tax, rounded as the tax of a rate is. */
export function withoutTax(amount: number, taxRate: string, behavior: TaxBehavior): number {
  return taxOf(amount, taxRate, behavior).taxable;
}

function taxOf(
  amount: number,
  taxRate: string,
  behavior: TaxBehavior,
): Pick<RateTax, 'taxable' | 'tax'> {
  const rate = scaledRate(taxRate);
  const tax = halfUp(BigInt(amount) * rate, behavior === 'inclusive' ? HUNDRED + rate : HUNDRED);
  return { taxable: behavior === 'inclusive' ? amount - tax : amount, tax };
}

function groupByRate(
  lines: readonly (LineItem & { amount: number })[],
): (Pick<RateTax, 'taxRate' | 'exemptionReason'> & { amount: number })[] {
  const groups = new Map<string, { taxRate: string; exemptionReason?: string; amount: number }>();
  for (const { taxRate: given, exemptionReason, amount } of lines) {
    const taxRate = plainRate(given);
    const key = rateKey({ taxRate, exemptionReason });
    const { amount: before = 0 } = groups.get(key) ?? {};
    const reason = exemptionReason === undefined ? {} : { exemptionReason };
    groups.set(key, { taxRate, ...reason, amount: before + amount });
  }
  return [...groups.values()];
}

/** The same for lines that tax law treats alike: a reason not to charge tax counts as well. */
export function rateKey({
  taxRate,
  exemptionReason,
}: Pick<LineItem, 'taxRate' | 'exemptionReason'>): string {
  return JSON.stringify([plainRate(taxRate), exemptionReason]);
}

/** `19.00` is `19`, and `08.10` is `8.1`. */
function plainRate(taxRate: string): string {
  const [whole = '', fraction = ''] = taxRate.split('.');
  const digits = fraction.replace(/0+$/, '');
  const percent = whole.replace(/^0+(?=\d)/, '');
  return digits === '' ? percent : `${percent}.${digits}`;
}

function scaledRate(taxRate: string): bigint {
  const [whole = '', fraction = ''] = taxRate.split('.');
  return BigInt(whole + fraction.padEnd(RATE_DECIMALS, '0'));
}

/** Of two numbers that are not negative. */
function halfUp(numerator: bigint, denominator: bigint): number {
  return Number((2n * numerator + denominator) / (2n * denominator));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
