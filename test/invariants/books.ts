/** The books: they balance in every currency, hold no entry twice, and show what the order does. */
import {
  type Finding,
  groupBy,
  type Invariant,
  type Posting,
  type RecordedOrder,
  wrong,
} from './evidence.ts';

export const balancedBooks: Invariant = {
  name: 'I4 the books balance',
  check: ({ orderId, order, postings }) => [
    ...unbalanced(orderId, postings),
    ...repeated(orderId, postings),
    ...(order === null ? strangers(orderId, postings) : different(order, postings)),
  ],
};

function debitsLessCredits(postings: readonly Posting[]): number {
  return postings.reduce(
    (total, { side, amountMinor }) => total + (side === 'debit' ? amountMinor : -amountMinor),
    0,
  );
}

function unbalanced(orderId: string, postings: readonly Posting[]): Finding[] {
  return [...groupBy(postings, ({ currency }) => currency)]
    .map(([currency, own]) => ({ currency, difference: debitsLessCredits(own) }))
    .filter(({ difference }) => difference !== 0)
    .map(({ currency, difference }) =>
      wrong(orderId, `${currency} does not balance: ${difference}`),
    );
}

/** What may come, go and come again has a reversal between each two. */
function repeated(orderId: string, postings: readonly Posting[]): Finding[] {
  const entries = postings.filter(({ side }) => side === 'debit');
  return [
    ...groupBy(
      entries,
      ({ kind, reference }) => `${kind.replace('_reversed', '')} of ${reference}`,
    ),
  ]
    .map(([name, own]) => {
      const taken = own.filter(({ kind }) => kind.endsWith('_reversed')).length;
      return { name, standing: own.length - 2 * taken };
    })
    .filter(({ standing }) => standing !== 0 && standing !== 1)
    .map(({ name, standing }) => wrong(orderId, `${name} stands ${standing} times`));
}

function different(order: RecordedOrder, postings: readonly Posting[]): Finding[] {
  const { id, view, ledger } = order;
  const lostMinor = Object.values(ledger.disputes)
    .filter(({ status, currency }) => status === 'lost' && currency === order.currency)
    .reduce((total, { amountMinor }) => total + amountMinor, 0);
  const { amountPaid, amountRefunded, amountDiscounted, amountWrittenOff } = view;
  const shown: Record<string, number> = {
    [HELD]: amountPaid - amountRefunded - lostMinor,
    order_receipts: -(amountPaid + amountDiscounted + amountWrittenOff),
    refunds_paid: amountRefunded,
    chargebacks: lostMinor,
    gateway_discounts: amountDiscounted,
    write_offs: amountWrittenOff,
  };
  const byAccount = groupBy(postings, ({ account }) => (isHolder(account) ? HELD : account));
  const accounts = new Set([...Object.keys(shown), ...byAccount.keys()]);
  return [...accounts].flatMap((account) => {
    const bookedMinor = debitsLessCredits(byAccount.get(account) ?? []);
    const shownMinor = shown[account] ?? 0;
    if (bookedMinor === shownMinor) return [];
    return [wrong(id, `${account}: the books hold ${bookedMinor}, the order shows ${shownMinor}`)];
  });
}

/** Who holds the money of an order: the gateway, or the bank where it came by hand. */
const HELD = 'bank and clearing';

function isHolder(account: string): boolean {
  return account === 'bank' || account.startsWith('gateway_clearing:');
}

function strangers(orderId: string, postings: readonly Posting[]): Finding[] {
  return postings.length === 0 ? [] : [wrong(orderId, 'money of an order that is not there')];
}
