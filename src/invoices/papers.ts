/** Invoices and credit notes by the number that customers are told, one by one and as a ZIP. */
import { Readable } from 'node:stream';
import yazl from 'yazl';
import type { Database } from '../store/database.ts';
import { creditNoteByNumber } from '../store/effects/credit-notes.ts';
import { invoiceByNumber } from '../store/effects/invoices.ts';
import type { Paper } from '../store/effects/papers.ts';
import { readLogo } from '../store/effects/seller-logos.ts';
import { type EInvoice, eCreditNote, eInvoice } from './electronic/e-invoice.ts';
import { invoiceNumber, type Numbered } from './layouts.ts';
import { creditNoteNumber, renderCreditNote } from './render-credit-note.ts';
import { renderInvoice } from './render-invoice.ts';

/** The number as it is printed. */
export function paperNumber({ kind, ...paper }: Pick<Paper, 'kind'> & Numbered): string {
  return kind === 'invoice' ? invoiceNumber(paper) : creditNoteNumber(paper);
}

/** The paper of a printed number as a PDF; null where none has it. */
export async function paperPdf(database: Database, printed: string): Promise<Buffer | null> {
  return (await invoicePdf(database, printed)) ?? creditNotePdf(database, printed);
}

async function invoicePdf(database: Database, printed: string): Promise<Buffer | null> {
  const invoice = await invoiceByNumber(database, printed);
  return invoice === null ? null : renderInvoice(invoice, await readLogo(database, invoice));
}

async function creditNotePdf(database: Database, printed: string): Promise<Buffer | null> {
  const note = await creditNoteByNumber(database, printed);
  return note === null ? null : renderCreditNote(note, await readLogo(database, note));
}

/** The paper of a printed number as an electronic invoice; null where none has it. */
export async function paperAsEInvoice(
  database: Database,
  printed: string,
): Promise<EInvoice | null> {
  const invoice = await invoiceByNumber(database, printed);
  if (invoice !== null) return eInvoice(invoice);
  const note = await creditNoteByNumber(database, printed);
  return note === null ? null : eCreditNote(note);
}

/** The name of its file: a number may have slashes. */
export function fileOf(printed: string, type: 'pdf' | 'xml' = 'pdf'): string {
  return `${printed.replaceAll('/', '-')}.${type}`;
}

/**
 * A ZIP with a PDF for each paper, and `index.csv` first. Each is drawn when its turn has come, so that a month of any size
 * takes little memory. Where one cannot be drawn the stream fails, and is no whole ZIP.
 */
export function papersZip(database: Database, papers: readonly Paper[], index: string): Readable {
  const zip = new yazl.ZipFile();
  const content = zip.outputStream as Readable;
  zip.on('error', (error: Error) => content.destroy(error));
  const mtime = papers.at(-1)?.issuedAt ?? new Date(0);
  zip.addBuffer(Buffer.from(index), 'index.csv', { mtime });
  for (const paper of papers) {
    const number = paperNumber(paper);
    zip.addReadStreamLazy(fileOf(number), { mtime: paper.issuedAt }, (done) => {
      drawn(database, paper).then(
        (pdf) => done(null, Readable.from([pdf])),
        (error: unknown) => content.destroy(error as Error),
      );
    });
  }
  zip.end();
  return content;
}

/** By its kind: a shop may have changed which of the two has which numbers. */
async function drawn(database: Database, paper: Paper): Promise<Buffer> {
  const number = paperNumber(paper);
  const pdf = await (paper.kind === 'invoice' ? invoicePdf : creditNotePdf)(database, number);
  if (pdf === null) throw new Error(`${number} was listed and is not there`);
  return pdf;
}
