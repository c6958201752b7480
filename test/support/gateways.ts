/** The one list of gateways that every story is told to. A new gateway is one line here. */
import { adyen } from '../fakes/adyen/driver.ts';
import { paypal } from '../fakes/paypal/driver.ts';
import { razorpay } from '../fakes/razorpay/driver.ts';
import { stripe } from '../fakes/stripe/driver.ts';
import type { GatewayUnderTest } from './gateway-driver.ts';
import { sandbox } from './sandbox-driver.ts';

export const GATEWAYS: readonly GatewayUnderTest[] = [sandbox, stripe, razorpay, adyen];

/** PayPal takes no rupees, which the stories are told in: those of its own are in `test/gateways/paypal`. */
export const ON_THE_STACK: readonly GatewayUnderTest[] = [...GATEWAYS, paypal];

/** A currency that it takes: for stories that are told at all of the stack at once. */
export function currencyAt(gateway: string): string {
  return gateway === paypal.name ? 'EUR' : 'INR';
}
