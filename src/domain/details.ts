/**
 * Personal data of an order, for its gateway and its invoice. It is kept in the order's row only, never in
 * the ledger, which goes through Temporal.
 */

export interface Address {
  line1: string;
  line2?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postalCode?: string | undefined;
  /** ISO 3166-1, two letters. */
  country: string;
}

export interface Shipping {
  name: string;
  address: Address;
  phone?: string | undefined;
}

/** Who sells, as papers print it; a paper keeps it as it was when it was issued. */
export interface Seller {
  name: string;
  /** The address, a line each. */
  lines: string[];
  /** Such as `GSTIN 29ABCDE1234F1Z5`, a line each; absent where there are none. */
  taxIds?: string[];
  /** ISO 3166-1, two letters; for electronic invoices, as are the next. Absent where it is not set. */
  country?: string;
  /** Such as `DE123456789`. */
  vatId?: string;
  /** Below everything else, a line each. */
  footer?: string[];
  /** SHA-256 of its picture, in hexadecimal digits. */
  logo?: string;
}

export interface OrderDetails {
  description: string | null;
  email: string | null;
  name: string | null;
  address: Address | null;
  shipping: Shipping | null;
}
