/** Who sells and who buys, as papers print it. */
import type { Address, Seller } from '../domain/details.ts';

export interface Parties {
  customerId: string;
  customerName: string | null;
  customerAddress: Address | null;
  email: string | null;
  /** Null on a paper that an older release has issued. */
  seller: Seller | null;
}

export function sellerOf({ seller }: Parties): Seller {
  return seller ?? { name: '', lines: [] };
}

export function customerLines({
  customerId,
  customerName,
  customerAddress,
  email,
}: Parties): string[] {
  const address = customerAddress === null ? [] : addressLines(customerAddress);
  return [customerName, ...address, email, customerId].filter((line) => line !== null);
}

function addressLines({ line1, line2, city, state, postalCode, country }: Address): string[] {
  const place = [postalCode, city, state].filter(Boolean).join(' ');
  const lines = [line1, line2, [place, country].filter(Boolean).join(', ')];
  return lines.filter((line) => line !== undefined);
}

/** The number comes first: a text reads in the direction of its first letter. */
export function footOf(parties: Parties, number: string, sentence: string): string {
  return [number, sentence, sellerOf(parties).name].filter((part) => part !== '').join(' · ');
}

/** As ISO 8601 has it: the one date that reads the same everywhere. */
export function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}
