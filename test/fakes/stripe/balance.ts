/** The account's balance transactions, listed as Stripe lists them: newest first, by time or by automatic payout. */
import { invalidParameter } from './api-error.ts';
import { newId } from './objects.ts';

export interface BalanceTransaction {
  id: string;
  object: 'balance_transaction';
  amount: number;
  available_on: number;
  balance_type: 'payments';
  created: number;
  currency: string;
  description: string | null;
  exchange_rate: number | null;
  fee: number;
  fee_details: object[];
  net: number;
  reporting_category: string;
  source: { id: string; object: string } & Record<string, unknown>;
  status: 'available' | 'pending';
  type: string;
}

/** What a test says of one; the rest is as of an ordinary one. */
export type Moved = Pick<
  BalanceTransaction,
  'amount' | 'currency' | 'created' | 'reporting_category' | 'source'
> &
  Partial<BalanceTransaction> & {
    /** The automatic payout that pays it out. */
    payout?: string;
  };

export type Balance = ReturnType<typeof createBalance>;

type Query = Readonly<Record<string, unknown>>;

export function createBalance() {
  const kept: { transaction: BalanceTransaction; payout: string | undefined }[] = [];
  let calls = 0;
  let breaksAt: { call: number; error: Error } | undefined;
  return {
    move({ payout, ...moved }: Moved): BalanceTransaction {
      const { amount, fee = 0 } = moved;
      const transaction: BalanceTransaction = {
        id: newId('txn'),
        object: 'balance_transaction',
        available_on: moved.created,
        balance_type: 'payments',
        description: null,
        exchange_rate: null,
        fee_details: [],
        net: amount - fee,
        status: 'available',
        type: moved.reporting_category,
        ...moved,
        fee,
      };
      kept.push({ transaction, payout });
      return transaction;
    },
    payOut(transaction: BalanceTransaction, payout: string): void {
      for (const one of kept) if (one.transaction.id === transaction.id) one.payout = payout;
    },
    /** The call of this number from now on is not answered with a list. */
    breakAtCall(call: number, error: Error): void {
      calls = 0;
      breaksAt = { call, error };
    },
    clear(): void {
      kept.length = 0;
      breaksAt = undefined;
    },
    list(query: Query): object {
      calls += 1;
      if (breaksAt?.call === calls) throw breaksAt.error;
      const limit = Number(query.limit ?? 10);
      if (limit < 1 || limit > 100) throw invalidParameter('limit', 'Invalid integer');
      const { payout } = query;
      if (typeof payout === 'string') requireAutomatic(payout);
      const all = kept
        .filter((one) => isWanted(one, query))
        .map(({ transaction }) => transaction)
        .sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
      const after = query.starting_after;
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      if (after !== undefined && from === 0)
        throw invalidParameter('starting_after', `No such balance transaction: '${after}'`);
      const data = all.slice(from, from + limit).map((one) => shown(one, query));
      const has_more = all.length > from + limit;
      return { object: 'list', url: '/v1/balance_transactions', has_more, data };
    },
  };

  function requireAutomatic(payout: string): void {
    const own = kept.find(({ transaction }) => transaction.source.id === payout);
    if (own?.transaction.source.automatic === true) return;
    throw invalidParameter(
      'payout',
      'Balance transaction history can only be filtered on automatic transfers, not manual.',
    );
  }
}

function isWanted(
  { transaction, payout }: { transaction: BalanceTransaction; payout: string | undefined },
  query: Query,
): boolean {
  const { created, source } = transaction;
  if (query.payout !== undefined) return payout === query.payout || source.id === query.payout;
  const { 'created[gte]': from = 0, 'created[lt]': to = Number.POSITIVE_INFINITY } = query;
  return created >= Number(from) && created < Number(to);
}

/** A source is its id alone, unless it is asked for. */
function shown(transaction: BalanceTransaction, query: Query): object {
  const isExpanded = query['expand[0]'] === 'data.source';
  return isExpanded ? transaction : { ...transaction, source: transaction.source.id };
}

/** In Unix seconds. */
export function secondsOf(time: string): number {
  return Date.parse(time) / 1_000;
}

/** A charge of a PaymentIntent as Stripe's balance has it. */
export function charge(id: string, more: Partial<Moved> = {}): Moved {
  const { amount = 5_000, currency = 'usd' } = more;
  return {
    id: `txn_${id}`,
    amount,
    currency,
    created: secondsOf('2026-01-26T10:00:00Z'),
    reporting_category: 'charge',
    source: {
      id: `ch_${id}`,
      object: 'charge',
      amount,
      currency,
      payment_intent: `pi_${id}`,
      metadata: {},
    },
    ...more,
  };
}
