/**
 * An invoice or a credit note as an electronic invoice of EN 16931, in UBL 2.1: the same text for the same paper. `BT-…` and
 * `BR-…` in comments are the standard's own names.
 */
import { create } from 'xmlbuilder2';
import type { Address, Seller } from '../../domain/details.ts';
import { minorDigits } from '../../money/currencies.ts';
import { decimalOfMinor } from '../../money/decimal.ts';
import {
  type CreditedTaxes,
  isReadable,
  type PricedLines,
  type RateTax,
} from '../../money/line-items.ts';
import { moneyText } from '../../money/text.ts';
import type { CreditNote } from '../../store/effects/credit-notes.ts';
import type { Invoice } from '../../store/effects/invoices.ts';
import { invoiceNumber } from '../layouts.ts';
import { dateText, type Parties } from '../parties.ts';
import { creditNoteNumber } from '../render-credit-note.ts';
import { isCountry } from './countries.ts';
import { netLines, unitPrice } from './net-lines.ts';

/** `incomplete` says what is missing, each in words that say what to do. */
export type EInvoice =
  | { status: 'made'; xml: string }
  | { status: 'incomplete'; missing: readonly string[] };

const EN_16931 = 'urn:cen.eu:en16931:2017';
/** A piece, in the codes of UN/ECE Recommendation 20. */
const PIECE = 'C62';
/** "Instrument not defined" of UNCL 4461: the name beside it says more. */
const PAID_SOMEHOW = '1';
const DISCOUNT_CODE = '95';
/** BR-DEC: amounts have two decimals at most. */
const MOST_DECIMALS = 2;

type Xml = { [name: string]: Xml | readonly Xml[] | string | number };

interface TaxGroup {
  category: 'S' | 'Z' | 'E';
  taxRate: string;
  reason?: string;
  taxable: number;
  tax: number;
}

interface Item {
  name: string;
  quantity: number;
  whole: number;
  discount: number;
  net: number;
  category: TaxGroup['category'];
  taxRate: string;
}

interface Content {
  items: Item[];
  /** Of the whole document, each of one rate. */
  discounts: { amount: number; category: TaxGroup['category']; taxRate: string }[];
  taxes: TaxGroup[];
}

export function eInvoice(invoice: Invoice): EInvoice {
  const { lines, gateway, amountMinor, orderId } = invoice;
  const missing = missingOf(invoice, lines !== null);
  if (lines === null || missing.length > 0) return { status: 'incomplete', missing };
  return {
    status: 'made',
    xml: documentOf('Invoice', invoice, {
      number: invoiceNumber(invoice),
      type: { 'cbc:InvoiceTypeCode': '380' },
      notes: [`Order ${orderId}`, ...discountNote(invoice)],
      corrects: null,
      content: contentOf(lines),
      // Nothing was paid of an order over 0.
      paidBy: amountMinor === 0 ? null : gateway,
    }),
  };
}

/** The sums are of what was due; with it the one who pays knows what it has cost. */
function discountNote({ discountMinor, amountMinor, currency, gateway }: Invoice): string[] {
  if (discountMinor === null || discountMinor === 0) return [];
  const [off, paid] = [discountMinor, amountMinor - discountMinor].map((minor) =>
    moneyText(minor, currency),
  );
  return [`${off} were let off through ${gateway}: ${paid} were paid, in full settlement`];
}

export function eCreditNote(note: CreditNote): EInvoice {
  const { credited, currency, orderId, refundId, invoiceNumber: corrected, invoicePrinted } = note;
  const missing = missingOf(note, credited !== null && corrected !== null);
  if (credited === null || corrected === null) return { status: 'incomplete', missing };
  const content = creditedContent(
    credited,
    invoiceNumber({ number: corrected, printed: invoicePrinted }),
  );
  const isOfInvoice = content.items.length > 0;
  if (!isOfInvoice)
    missing.push(
      'it gives back what was paid beyond the invoice, and nothing of the invoice itself',
    );
  if (missing.length > 0) return { status: 'incomplete', missing };
  const { beyond } = credited;
  return {
    status: 'made',
    xml: documentOf('CreditNote', note, {
      number: creditNoteNumber(note),
      type: { 'cbc:CreditNoteTypeCode': '381' },
      notes: [
        `Order ${orderId}, refund ${refundId}`,
        ...(beyond === 0
          ? []
          : [
              `${moneyText(beyond, currency)} more are given back that were paid beyond the invoice`,
            ]),
      ],
      corrects: invoiceNumber({ number: corrected, printed: invoicePrinted }),
      content,
      paidBy: null,
    }),
  };
}

/** As BR-CO-09 of EN 16931 has it. */
function isVatPrefix(prefix: string): boolean {
  return prefix === 'EL' || isCountry(prefix);
}

function missingOf(paper: Parties & { currency: string }, hasLines: boolean): string[] {
  const { customerName, customerAddress, currency } = paper;
  const { country: sellersCountry, vatId } = paper.seller ?? {};
  const digits = minorDigits(currency) ?? 0;
  const isMissing: [boolean, string][] = [
    [!hasLines, 'its order has no lineItems: send them with new orders'],
    [
      sellersCountry === undefined || !isCountry(sellersCountry),
      `SELLER_COUNTRY was ${sellersCountry === undefined ? 'not set' : 'no country of ISO 3166-1'} when it was issued: set it for new ones`,
    ],
    [vatId === undefined, 'SELLER_VAT_ID was not set when it was issued: set it for new ones'],
    [
      vatId !== undefined && !isVatPrefix(vatId.slice(0, 2)),
      'SELLER_VAT_ID did not begin with a country of ISO 3166-1, or EL for Greece, when it was issued: correct it for new ones',
    ],
    [
      customerName === null || !isReadable(customerName),
      'its order has no customer.name that can be read: send it with new orders',
    ],
    [customerAddress === null, 'its order has no customer.address: send it with new orders'],
    [
      customerAddress !== null && !isCountry(customerAddress.country),
      'customer.address.country of its order is no country of ISO 3166-1: the United Kingdom is GB, Greece is GR',
    ],
    [
      digits > MOST_DECIMALS,
      `${currency} has ${digits} decimals, and EN 16931 takes ${MOST_DECIMALS} at most`,
    ],
  ];
  return isMissing.flatMap(([is, text]) => (is ? [text] : []));
}

function contentOf(priced: PricedLines): Content {
  const { lines, discounts } = netLines(priced);
  return {
    items: lines.map(({ description, isExempt, ...line }) => ({
      name: description,
      ...line,
      category: categoryOf(line.taxRate, isExempt),
    })),
    discounts: priced.taxes.flatMap(({ taxRate, exemptionReason }, i) => {
      const amount = discounts[i] ?? 0;
      const category = categoryOf(taxRate, exemptionReason !== undefined);
      return amount === 0 ? [] : [{ amount, category, taxRate }];
    }),
    taxes: taxGroups(priced.taxes),
  };
}

/** A refund is of an amount and not of things: one item for each rate. */
function creditedContent({ taxes }: CreditedTaxes, invoice: string): Content {
  const credited = taxes.filter(({ taxable, tax }) => taxable + tax > 0);
  return {
    items: credited.map(({ taxRate, taxable, exemptionReason }) => ({
      name: `Refund of ${invoice}`,
      quantity: 1,
      whole: taxable,
      discount: 0,
      net: taxable,
      taxRate,
      category: categoryOf(taxRate, exemptionReason !== undefined),
    })),
    discounts: [],
    taxes: taxGroups(credited),
  };
}

function categoryOf(taxRate: string, isExempt: boolean): TaxGroup['category'] {
  if (Number(taxRate) > 0) return 'S';
  return isExempt ? 'E' : 'Z';
}

/** What is exempt is one group, whatever the reasons (BR-E-01). */
function taxGroups(taxes: readonly RateTax[]): TaxGroup[] {
  const groups: TaxGroup[] = [];
  for (const { taxRate, exemptionReason, taxable, tax } of taxes) {
    const category = categoryOf(taxRate, exemptionReason !== undefined);
    const known = groups.find((group) => category === 'E' && group.category === 'E');
    if (known === undefined)
      groups.push({
        ...{ category, taxRate, taxable, tax },
        ...(exemptionReason !== undefined && { reason: exemptionReason }),
      });
    else {
      known.taxable += taxable;
      known.reason = `${known.reason}; ${exemptionReason}`;
    }
  }
  return groups;
}

interface Document {
  number: string;
  type: Xml;
  notes: readonly string[];
  /** The number of the invoice that it corrects. */
  corrects: string | null;
  content: Content;
  paidBy: string | null;
}

function documentOf(
  kind: 'Invoice' | 'CreditNote',
  paper: Parties & { currency: string; issuedAt: Date },
  { number, type, notes, corrects, content, paidBy }: Document,
): string {
  const { currency } = paper;
  const root: Xml = {
    '@xmlns': `urn:oasis:names:specification:ubl:schema:xsd:${kind}-2`,
    '@xmlns:cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
    '@xmlns:cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
    'cbc:CustomizationID': EN_16931,
    'cbc:ID': number,
    'cbc:IssueDate': dateText(paper.issuedAt),
    ...type,
    'cbc:Note': notes.join('. '),
    'cbc:DocumentCurrencyCode': currency,
    ...(corrects !== null && {
      'cac:BillingReference': { 'cac:InvoiceDocumentReference': { 'cbc:ID': corrects } },
    }),
    'cac:AccountingSupplierParty': { 'cac:Party': sellerParty(paper.seller) },
    'cac:AccountingCustomerParty': { 'cac:Party': buyerParty(paper) },
    ...(paidBy !== null && {
      'cac:PaymentMeans': {
        'cbc:PaymentMeansCode': { '@name': paidBy, '#': PAID_SOMEHOW },
      },
    }),
    ...bodyOf(kind, content, currency),
  };
  // Characters that XML cannot have at all are no part of a text that people read.
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '' });
  return document.ele({ [kind]: root }).end({ prettyPrint: true });
}

/** Discounts, taxes, totals and lines. */
function bodyOf(kind: 'Invoice' | 'CreditNote', content: Content, currency: string): Xml {
  const money = (minor: number): Xml => ({
    '@currencyID': currency,
    '#': decimalOfMinor(minor, currency),
  });
  const discount = (minor: number, more: Xml = {}): Xml => ({
    'cbc:ChargeIndicator': 'false',
    'cbc:AllowanceChargeReasonCode': DISCOUNT_CODE,
    'cbc:AllowanceChargeReason': 'Discount',
    'cbc:Amount': money(minor),
    ...more,
  });
  const { items, discounts, taxes } = content;
  const net = sum(items.map((item) => item.net));
  const off = sum(discounts.map(({ amount }) => amount));
  const tax = sum(taxes.map((group) => group.tax));
  return {
    'cac:AllowanceCharge': discounts.map(({ amount, category, taxRate }) =>
      discount(amount, { 'cac:TaxCategory': taxCategory(category, taxRate) }),
    ),
    'cac:TaxTotal': {
      'cbc:TaxAmount': money(tax),
      'cac:TaxSubtotal': taxes.map((group) => ({
        'cbc:TaxableAmount': money(group.taxable),
        'cbc:TaxAmount': money(group.tax),
        'cac:TaxCategory': taxCategory(group.category, group.taxRate, group.reason),
      })),
    },
    'cac:LegalMonetaryTotal': {
      'cbc:LineExtensionAmount': money(net),
      'cbc:TaxExclusiveAmount': money(net - off),
      'cbc:TaxInclusiveAmount': money(net - off + tax),
      ...(off > 0 && { 'cbc:AllowanceTotalAmount': money(off) }),
      // Papers are issued for what is paid, or paid back.
      'cbc:PrepaidAmount': money(net - off + tax),
      'cbc:PayableAmount': money(0),
    },
    [`cac:${kind}Line`]: items.map((item, i) => ({
      'cbc:ID': String(i + 1),
      [kind === 'Invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity']: {
        '@unitCode': PIECE,
        '#': String(item.quantity),
      },
      'cbc:LineExtensionAmount': money(item.net),
      ...(item.discount > 0 && { 'cac:AllowanceCharge': discount(item.discount) }),
      'cac:Item': {
        'cbc:Name': item.name,
        'cac:ClassifiedTaxCategory': taxCategory(item.category, item.taxRate),
      },
      'cac:Price': {
        'cbc:PriceAmount': {
          '@currencyID': currency,
          '#': unitPrice(item.whole, item.quantity, minorDigits(currency) ?? 0),
        },
      },
    })),
  };
}

function taxCategory(category: TaxGroup['category'], taxRate: string, reason?: string): Xml {
  return {
    'cbc:ID': category,
    'cbc:Percent': taxRate,
    ...(reason !== undefined && { 'cbc:TaxExemptionReason': reason }),
    'cac:TaxScheme': { 'cbc:ID': 'VAT' },
  };
}

function sellerParty(seller: Seller | null): Xml {
  const { name = '', lines = [], country = '', vatId = '' } = seller ?? {};
  const [street, more, ...others] = lines;
  return {
    'cac:PostalAddress': {
      ...(street !== undefined && { 'cbc:StreetName': street }),
      ...(more !== undefined && { 'cbc:AdditionalStreetName': more }),
      ...(others.length > 0 && { 'cac:AddressLine': { 'cbc:Line': others.join(', ') } }),
      'cac:Country': { 'cbc:IdentificationCode': country },
    },
    'cac:PartyTaxScheme': { 'cbc:CompanyID': vatId, 'cac:TaxScheme': { 'cbc:ID': 'VAT' } },
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name },
  };
}

function buyerParty({ customerId, customerName, customerAddress, email }: Parties): Xml {
  return {
    'cac:PartyIdentification': { 'cbc:ID': customerId },
    ...(customerAddress !== null && { 'cac:PostalAddress': postalAddress(customerAddress) }),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': customerName ?? '' },
    ...(email !== null && { 'cac:Contact': { 'cbc:ElectronicMail': email } }),
  };
}

function postalAddress({ line1, line2, city, state, postalCode, country }: Address): Xml {
  return {
    'cbc:StreetName': line1,
    ...(line2 !== undefined && { 'cbc:AdditionalStreetName': line2 }),
    ...(city !== undefined && { 'cbc:CityName': city }),
    ...(postalCode !== undefined && { 'cbc:PostalZone': postalCode }),
    ...(state !== undefined && { 'cbc:CountrySubentity': state }),
    'cac:Country': { 'cbc:IdentificationCode': country },
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
