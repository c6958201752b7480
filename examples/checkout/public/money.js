/** Money as people write it. Amounts come in minor units, and the currency knows how many there are. */
export function moneyText(amount, currency) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
