/** Money that changed hands without a gateway: its ids are made of the reference that a person gave. */

const PREFIX = 'manual:';

/** The id of a payment, capture or refund by hand, which no gateway gives. */
export function manualId(reference: string): string {
  return `${PREFIX}${reference}`;
}

export function isByHand(id: string): boolean {
  return id.startsWith(PREFIX);
}

export function referenceOf(id: string): string {
  return id.slice(PREFIX.length);
}
