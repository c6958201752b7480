/** The chart of accounts: which of the bookkeeper's accounts stands for each of ours. */

/** Account names as Beancount and hledger have them; `{gateway}` stands for the gateway's name. */
export const DEFAULT_CHART = {
  /** What the gateway holds for us. */
  gateway_clearing: 'Assets:Gateways:{gateway}:Clearing',
  /** What the gateway withholds while a dispute is open. */
  disputes_held: 'Assets:Gateways:{gateway}:Disputes',
  /** What it withholds against later losses. */
  reserves_held: 'Assets:Gateways:{gateway}:Reserves',
  /** Instant payouts, until the days that pay for them. */
  advances: 'Assets:Gateways:{gateway}:Advances',
  /** What was paid out. */
  bank: 'Assets:Bank',
  receivables: 'Assets:Receivables',
  /** Tax on fees, which may be deductible. */
  fee_taxes: 'Assets:TaxOnFees:{gateway}',
  /** What a report shows and no order explains yet. */
  suspense: 'Liabilities:Suspense:{gateway}',
  tax: 'Liabilities:Tax',
  deferred: 'Liabilities:Deferred',
  /** Both sides of each conversion: what is left in it is gained or lost by rates. */
  currency_conversion: 'Equity:Conversions',
  /** Revenue. */
  order_receipts: 'Income:Orders',
  refunds_paid: 'Income:Refunds',
  gateway_discounts: 'Expenses:Discounts',
  gateway_fees: 'Expenses:Fees:{gateway}',
  /** Disputes that were lost. */
  chargebacks: 'Expenses:Chargebacks',
  adjustments: 'Expenses:Adjustments:{gateway}',
  transfers: 'Expenses:Transfers:{gateway}',
  write_offs: 'Expenses:WriteOffs',
} as const;

export type AccountRole = keyof typeof DEFAULT_CHART;
export type Chart = Readonly<Record<AccountRole, string>>;

/** `gateway_clearing:stripe` becomes `Assets:Gateways:Stripe:Clearing`. */
export function accountName(chart: Chart, account: string): string {
  const [role = '', gateway = ''] = account.split(':');
  if (!Object.hasOwn(chart, role)) throw new Error(`the chart has no account ${role}`);
  const named = gateway.charAt(0).toUpperCase() + gateway.slice(1);
  return chart[role as AccountRole].replaceAll('{gateway}', named);
}
