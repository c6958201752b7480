/** The stand-ins of Payonce's own gateways, for the conformance suite. */

import type { OpenStandIn } from '../../src/gateway-test/actor.ts';
import { adyen } from '../fakes/adyen/driver.ts';
import { paypal } from '../fakes/paypal/driver.ts';
import { razorpay } from '../fakes/razorpay/driver.ts';
import { stripe } from '../fakes/stripe/driver.ts';
import type { GatewayUnderTest } from './gateway-driver.ts';
import { openSandbox } from './sandbox-driver.ts';

const standInOf =
  ({ start, cannot }: GatewayUnderTest): OpenStandIn =>
  async (place) => {
    const { env, connect, close } = await start();
    return { env, cannot, actor: connect({ ...place, sandboxUrl: '' }), close };
  };

export const STAND_INS: Readonly<Record<string, OpenStandIn>> = {
  sandbox: openSandbox,
  stripe: standInOf(stripe),
  razorpay: standInOf(razorpay),
  adyen: standInOf(adyen),
  paypal: standInOf(paypal),
};
