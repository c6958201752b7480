/** The gateways of Payonce itself, loaded like those of others. A new one is one folder and one line here. */
import { adyen } from './adyen/package.ts';
import type { GatewayPackage } from './gateway-package.ts';
import { paypal } from './paypal/package.ts';
import { razorpay } from './razorpay/package.ts';
import { sandbox } from './sandbox/package.ts';
import { stripe } from './stripe/package.ts';

export const BUILT_IN: readonly GatewayPackage[] = [sandbox, stripe, razorpay, adyen, paypal];
