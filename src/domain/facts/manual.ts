/** Money that changed hands without a gateway: its ids are made of the reference that a person gave. */

/** By which ways money goes without a gateway, as callers name them. */
export const MANUAL_METHODS = ['cash', 'bank_transfer', 'cheque', 'other'] as const;

/** No gateway gives an id that begins like this. */
export const MANUAL_PREFIX = 'manual:';

/** The id of a payment, capture or refund by hand, which no gateway gives. */
export function manualId(reference: string): string {
  return `${MANUAL_PREFIX}${reference}`;
}

export function isByHand(id: string): boolean {
  return id.startsWith(MANUAL_PREFIX);
}

export function referenceOf(id: string): string {
  return id.slice(MANUAL_PREFIX.length);
}
