/**
 * What a payment is for and whom to write to, in the fields of a payment link. Adyen takes a name in two parts and a
 * house number apart, of which an order has neither: its page asks customers for what their method needs.
 */
import type { OrderDetails } from '../../domain/details.ts';
import { cutText } from '../cut-text.ts';

const MAX_DESCRIPTION_LENGTH = 280;
const MAX_EMAIL_LENGTH = 500;

export function detailParams(details: OrderDetails | null | undefined): {
  description?: string;
  shopperEmail?: string;
} {
  if (details === null || details === undefined) return {};
  const { description, email } = details;
  return {
    ...(description !== null && { description: cutText(description, MAX_DESCRIPTION_LENGTH) }),
    ...(email !== null && email.length <= MAX_EMAIL_LENGTH && { shopperEmail: email }),
  };
}
