/** Lines without tax, as electronic invoices have them also where prices have the tax in them. */
import { allocate, type PricedLines, rateKey, withoutTax } from '../../money/line-items.ts';

/** Amounts are minor units without tax. */
export interface NetLine {
  description: string;
  quantity: number;
  /** Before the line's discount. */
  whole: number;
  discount: number;
  /** `whole` less `discount`. */
  net: number;
  taxRate: string;
  isExempt: boolean;
}

export interface NetLines {
  lines: NetLine[];
  /** Of each rate, in the order of `PricedLines.taxes`: its part of the order's discount. */
  discounts: number[];
}

/** The net amounts of a rate's lines, less its discount, are exactly what its tax is charged on. */
export function netLines({ taxBehavior, lines, taxes }: PricedLines): NetLines {
  const discounts = taxes.map(({ discount, taxRate }) =>
    withoutTax(discount, taxRate, taxBehavior),
  );
  const nets = new Map<PricedLines['lines'][number], number>();
  for (const [i, rate] of taxes.entries()) {
    const own = lines.filter((line) => rateKey(line) === rateKey(rate));
    const amounts = own.map(({ amount }) => amount);
    const parts = allocate(rate.taxable + (discounts[i] ?? 0), amounts);
    for (const [k, line] of own.entries()) nets.set(line, parts[k] ?? 0);
  }
  return {
    discounts,
    lines: lines.map((line) => {
      const { description, quantity, taxRate, exemptionReason } = line;
      const net = nets.get(line) ?? 0;
      const discount = withoutTax(line.discount ?? 0, taxRate, taxBehavior);
      const isExempt = exemptionReason !== undefined;
      return { description, quantity, whole: net + discount, discount, net, taxRate, isExempt };
    }),
  };
}

/** Decimals of a price beyond those of its currency: enough that a million pieces come to the same. */
const MORE_DECIMALS = 10;

/** What one costs, as an exact decimal of at least the currency's digits. */
export function unitPrice(whole: number, quantity: number, digits: number): string {
  const all = digits + MORE_DECIMALS;
  const [scaled, pieces] = [BigInt(whole) * 10n ** BigInt(MORE_DECIMALS), BigInt(quantity)];
  const text = String((2n * scaled + pieces) / (2n * pieces)).padStart(all + 1, '0');
  const rest = text.slice(-MORE_DECIMALS).replace(/0+$/, '');
  const fraction = text.slice(-all).slice(0, digits) + rest;
  return fraction === '' ? text.slice(0, -all) : `${text.slice(0, -all)}.${fraction}`;
}
