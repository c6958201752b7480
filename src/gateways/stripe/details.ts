/** Customer, shipping and description in Stripe's fields. India requires them for exports. */
import type { Stripe } from 'stripe';
import type { Address, OrderDetails } from '../../domain/details.ts';

type Params = Pick<Stripe.PaymentIntentCreateParams, 'description' | 'receipt_email' | 'shipping'>;

/**
 * A PaymentIntent has no field for the customer's own name and address; Stripe takes those of `shipping` in
 * their place, which is where they go when nothing is shipped elsewhere. All are within Stripe's limits.
 */
export function detailParams(details: OrderDetails | null | undefined): Params {
  if (details === null || details === undefined) return {};
  const { description, email, name, address } = details;
  const shipping = details.shipping ?? (name && address ? { name, address } : null);
  return {
    ...(description === null ? {} : { description }),
    ...(email === null ? {} : { receipt_email: email }),
    ...(shipping === null
      ? {}
      : {
          shipping: {
            name: shipping.name,
            address: addressParam(shipping.address),
            ...(shipping.phone === undefined ? {} : { phone: shipping.phone }),
          },
        }),
  };
}

function addressParam({ line1, line2, city, state, postalCode, country }: Address) {
  return {
    line1,
    country,
    ...(line2 === undefined ? {} : { line2 }),
    ...(city === undefined ? {} : { city }),
    ...(state === undefined ? {} : { state }),
    ...(postalCode === undefined ? {} : { postal_code: postalCode }),
  };
}
