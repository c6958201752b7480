/**
 * How invoices are drawn. An invoice keeps the layout in which it was issued: a later one must not change
 * a paper that somebody has.
 */

/** Western European letters only, in the fonts that every reader of PDF has; everything else is a "?". */
export const FIRST_LAYOUT = 1;
/** Any script, in embedded fonts; seller, name and address. */
export const NEWEST_LAYOUT = 2;

/** The number as it is printed and told to customers. */
export function invoiceNumber({ number, printed }: Numbered): string {
  return printed ?? `INV-${String(number).padStart(6, '0')}`;
}

/** `printed` is null in papers of a release that knew one way of printing a number. */
export interface Numbered {
  number: number;
  printed: string | null;
}
