/**
 * Customer, shipping and description as notes, which is the only field that a Razorpay order has for them.
 * The dashboard shows them, and webhooks repeat them, where nothing reads them.
 */
import type { Address, OrderDetails } from '../../domain/details.ts';
import { cutText } from '../cut-text.ts';

/** Razorpay takes 15 notes of an order, each of at most 256 characters. */
const MAX_NOTE_LENGTH = 256;

export function detailNotes(details: OrderDetails | null | undefined): Record<string, string> {
  if (details === null || details === undefined) return {};
  const { description, email, name, address, shipping } = details;
  const notes: Record<string, string | null | undefined> = {
    description,
    customer_email: email,
    customer_name: name,
    customer_address: address && addressText(address),
    shipping_name: shipping?.name,
    shipping_address: shipping && addressText(shipping.address),
    shipping_phone: shipping?.phone,
  };
  return Object.fromEntries(
    Object.entries(notes).flatMap(([key, text]) =>
      text ? [[key, cutText(text, MAX_NOTE_LENGTH)]] : [],
    ),
  );
}

function addressText({ line1, line2, postalCode, city, state, country }: Address): string {
  return [line1, line2, postalCode, city, state, country].filter(Boolean).join(', ');
}
