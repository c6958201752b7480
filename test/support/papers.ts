/** An invoice and a credit note, as they are stored. */
import { NEWEST_LAYOUT } from '../../src/invoices/layouts.ts';
import type { CreditNote, OrderMoney } from '../../src/store/effects/credit-notes.ts';
import type { Invoice } from '../../src/store/effects/invoices.ts';
import { ADDRESS } from './people.ts';

export const INVOICE: Invoice = {
  number: 42,
  printed: null,
  orderId: 'ord_1042',
  epoch: 1,
  key: 'ord_1042:issue_invoice:1',
  customerId: 'cus_7',
  email: 'ada@example.com',
  description: 'Two tickets',
  customerName: 'Ada Lovelace',
  customerAddress: ADDRESS,
  seller: { name: 'Night Books', lines: ['1 MG Road, Bengaluru', 'GSTIN 29ABCDE1234F1Z5'] },
  lines: null,
  layout: NEWEST_LAYOUT,
  amountMinor: 129_900,
  discountMinor: null,
  currency: 'INR',
  gateway: 'sandbox',
  issuedAt: new Date('2026-01-26T10:00:00Z'),
};

/** Of an order that nobody paid twice, and of which nothing has gone back yet. */
export const NO_MONEY: OrderMoney = { settledMinor: 0, refunds: [], corrected: new Set() };

export const CREDIT_NOTE: CreditNote = {
  number: 7,
  printed: null,
  invoicePrinted: null,
  orderId: 'ord_1042',
  refundId: 're_1',
  key: 'ord_1042:issue_credit_note:re_1',
  customerId: 'cus_7',
  customerName: '王小明',
  customerAddress: ADDRESS,
  email: 'ada@example.com',
  seller: { name: 'Księgarnia Łódź', lines: ['NIP 1234567890'] },
  credited: null,
  invoiceNumber: 42,
  amountMinor: 499_900,
  currency: 'HUF',
  issuedAt: new Date('2026-01-26T10:00:00Z'),
};
