/** The accounts of a trial balance, as the outside sees them. */
import { accountName, type Chart } from '../../books/chart.ts';
import type { AccountMovement } from '../../store/settlements/book-entries.ts';

/** Amounts in minor units. */
export function representAccounts(rows: readonly AccountMovement[], chart: Chart) {
  return rows.map(({ account, currency, ...sums }) => ({
    account,
    name: accountName(chart, account),
    currency,
    opening: sums.openingMinor,
    debit: sums.debitMinor,
    credit: sums.creditMinor,
    closing: sums.closingMinor,
  }));
}
