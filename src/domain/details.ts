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

/** Who sells, as invoices print it: address and tax numbers, a line each. */
export interface Seller {
  name: string;
  lines: string[];
}

export interface OrderDetails {
  description: string | null;
  email: string | null;
  name: string | null;
  address: Address | null;
  shipping: Shipping | null;
}
