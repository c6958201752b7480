/** A database with orders as their workflows write them, and what gateways report of them. */

import type { DisputeStatus } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import { type ReadOptions, readReport } from '../../src/settlements/read-report.ts';
import { postEntry } from '../../src/store/effects/postings.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import {
  type Difference,
  judgeAgain,
  listDifferences,
} from '../../src/store/settlements/differences.ts';
import { type ImportResult, importReport } from '../../src/store/settlements/import-report.ts';
import type { BookTerms } from '../../src/store/settlements/terms.ts';
import { ledgerOf, newOrder, recordOf } from './order-fixtures.ts';
import { streamOf } from './settlement-files.ts';
import { freshDatabase, type TestDatabase } from './test-database.ts';

export const TERMS: BookTerms = { reportedWithinDays: 3, fees: [] };

export interface SettlementWorld {
  database: TestDatabase;
  /** An order that has captured its payment, and posted that. */
  paidOrder(order: PaidOrder): Promise<string>;
  refund(refund: Refund): Promise<void>;
  dispute(dispute: Dispute): Promise<void>;
  import(file: string, options?: ImportOptions): Promise<ImportResult>;
  judgeAgain(gateway: string, terms?: BookTerms): Promise<void>;
  /** Open ones, unless another state is named. */
  differences(state?: Difference['state']): Promise<Difference[]>;
  /** Debit less credit of an account in minor units, by currency; without those that are 0. */
  balance(account: string): Promise<Record<string, number>>;
  close(): Promise<void>;
}

interface PaidOrder {
  orderId: string;
  paymentId: string;
  /** The payment's id unless given, as at gateways that capture a payment once. */
  captureId?: string;
  amountMinor: number;
  currency: string;
  gateway: string;
  /** When it was posted; the time of the sample rows unless given. */
  at?: string;
  /** The capture has not been posted: the order does not know of it. */
  isUnknown?: true;
}

interface Refund {
  orderId: string;
  refundId: string;
  amountMinor: number;
  currency: string;
  gateway: string;
  kind?: 'refund' | 'refund_reversed';
  at?: string;
}

interface Dispute {
  orderId: string;
  disputeId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  gateway: string;
  status: DisputeStatus;
  /** When the loss was posted. */
  at?: string;
}

interface ImportOptions extends ReadOptions {
  account?: string;
  acceptUnknown?: boolean;
  terms?: BookTerms;
}

const AT = '2026-01-26T10:00:00Z';

export async function openSettlementWorld(): Promise<SettlementWorld> {
  const database = await freshDatabase();
  const ledgers = new Map<string, Ledger>();
  const post = async (entry: Parameters<typeof postEntry>[1], at = AT): Promise<void> => {
    await postEntry(database, entry);
    const { pool } = database;
    // Entries are immutable, and these have to be of another day than that of the test.
    await pool.query(`
      begin;
      set local session_replication_role = replica;
      update postings set posted_at = '${at}' where key = '${entry.key}';
      commit`);
  };
  const write = async (ledger: Ledger): Promise<void> => {
    ledgers.set(ledger.terms.orderId, ledger);
    await writeRecord(database, recordOf(ledger));
  };
  return {
    database,
    async paidOrder({ orderId, paymentId, captureId = paymentId, at, isUnknown, ...money }) {
      const { amountMinor, currency, gateway } = money;
      const bare = ledgerOf(orderId);
      const ledger: Ledger = {
        ...bare,
        terms: { ...bare.terms, amountMinor, currency, gateway },
        revision: 1,
        payments: {
          [paymentId]: {
            paymentId,
            amountMinor,
            currency,
            status: 'captured',
            mismatched: false,
            movedAtVersion: 1,
          },
        },
        captures: {
          [captureId]: {
            captureId,
            paymentId,
            amountMinor,
            captured: true,
            reversed: false,
          },
        },
      };
      await insertOrder(
        database,
        newOrder(orderId, { ledger: { ...ledger, revision: 0 }, view: viewOf(ledger) }),
      );
      await write(ledger);
      if (isUnknown === undefined)
        await post(
          {
            key: `${orderId}:post_ledger:capture-${captureId}`,
            orderId,
            kind: 'capture',
            reference: captureId,
            debit: `gateway_clearing:${gateway}`,
            credit: 'order_receipts',
            amountMinor,
            currency,
          },
          at,
        );
      return orderId;
    },
    refund: ({ orderId, refundId, amountMinor, currency, gateway, kind = 'refund', at }) => {
      const sides =
        kind === 'refund'
          ? { debit: 'refunds_paid', credit: `gateway_clearing:${gateway}` }
          : { debit: `gateway_clearing:${gateway}`, credit: 'refunds_paid' };
      const key = `${orderId}:post_ledger:${kind}-${refundId}`;
      return post({ key, orderId, kind, reference: refundId, ...sides, amountMinor, currency }, at);
    },
    async dispute({ orderId, gateway, at, ...dispute }) {
      const ledger = ledgers.get(orderId);
      if (ledger === undefined) throw new Error(`there is no order ${orderId}`);
      const disputes = { ...ledger.disputes, [dispute.disputeId]: dispute };
      await write({ ...ledger, revision: ledger.revision + 1, disputes });
      if (dispute.status === 'lost')
        await post(
          {
            key: `${orderId}:post_ledger:chargeback-${dispute.disputeId}`,
            orderId,
            kind: 'chargeback',
            reference: dispute.disputeId,
            debit: 'chargebacks',
            credit: `gateway_clearing:${gateway}`,
            amountMinor: dispute.amountMinor,
            currency: dispute.currency,
          },
          at,
        );
    },
    import: (file, { account = '', acceptUnknown = false, terms = TERMS, ...options } = {}) =>
      importReport(database, {
        account,
        acceptUnknown,
        importedBy: 'test',
        terms,
        read: (sink) => readReport(streamOf(file, 4096), options, sink),
      }),
    judgeAgain: (gateway, terms = TERMS) => judgeAgain(database, gateway, terms),
    differences: async (state = 'open') => {
      const { differences } = await listDifferences(database, { state, limit: 1000 });
      return differences;
    },
    async balance(account) {
      const { rows } = await database.pool.query<{ currency: string; minor: string }>(
        `select currency, sum(minor) as minor from (
           select currency, case side when 'debit' then amount_minor else -amount_minor end as minor
           from postings where account = $1
           union all
           select currency, case when debit = $1 then amount_minor else -amount_minor end
           from settlement_entries where $1 in (debit, credit)
         ) sides group by 1 having sum(minor) <> 0`,
        [account],
      );
      return Object.fromEntries(rows.map(({ currency, minor }) => [currency, Number(minor)]));
    },
    close: () => database.close(),
  };
}
