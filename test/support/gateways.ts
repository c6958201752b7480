/** The one list of gateways that every story is told to. A new gateway is one line here. */
import { adyen } from '../fakes/adyen/driver.ts';
import { razorpay } from '../fakes/razorpay/driver.ts';
import { stripe } from '../fakes/stripe/driver.ts';
import type { GatewayUnderTest } from './gateway-driver.ts';
import { sandbox } from './sandbox-driver.ts';

export const GATEWAYS: readonly GatewayUnderTest[] = [sandbox, stripe, razorpay, adyen];
