/** Description and shipping address in PayPal's fields. Who pays, PayPal knows itself: nothing else is sent. */
import type { PurchaseUnitRequest } from '@paypal/paypal-server-sdk';
import type { OrderDetails } from '../../domain/details.ts';
import { cutText } from '../cut-text.ts';

const MAX_DESCRIPTION = 127;
const MAX_ADDRESS_LINE = 300;
const MAX_PLACE = 120;

export function detailFields(
  details: OrderDetails | null | undefined,
): Pick<PurchaseUnitRequest, 'description' | 'shipping'> {
  if (details === null || details === undefined) return {};
  const { description, shipping } = details;
  return {
    ...(description !== null && { description: cutText(description, MAX_DESCRIPTION) }),
    ...(shipping !== null && { shipping: shippingOf(shipping) }),
  };
}

function shippingOf({
  name,
  address: { line1, line2, city, state, postalCode, country },
}: NonNullable<OrderDetails['shipping']>): NonNullable<PurchaseUnitRequest['shipping']> {
  return {
    name: { fullName: cutText(name, MAX_ADDRESS_LINE) },
    address: {
      addressLine1: cutText(line1, MAX_ADDRESS_LINE),
      ...(line2 !== undefined && { addressLine2: cutText(line2, MAX_ADDRESS_LINE) }),
      ...(city !== undefined && { adminArea2: cutText(city, MAX_PLACE) }),
      ...(state !== undefined && { adminArea1: cutText(state, MAX_ADDRESS_LINE) }),
      ...(postalCode !== undefined && { postalCode }),
      countryCode: country,
    },
  };
}
