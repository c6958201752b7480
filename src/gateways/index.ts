/** Every gateway that this process may use, by name. A new one is one folder and one line here. */
import type { SandboxConfig, ServiceConfig } from '../config/config.ts';
import type { Gateway } from './gateway.ts';
import { createRazorpayGateway } from './razorpay/index.ts';
import { createSandboxGateway } from './sandbox/index.ts';
import { createStripeGateway } from './stripe/index.ts';

export type Gateways = Readonly<Record<string, Gateway>>;

type GatewayConfig = Pick<ServiceConfig, 'sandbox' | 'stripe' | 'razorpay'>;

export function createGateways({ sandbox, stripe, razorpay }: GatewayConfig): Gateways {
  return {
    ...(sandbox && { sandbox: sandboxGateway(sandbox) }),
    ...(stripe && { stripe: createStripeGateway(stripe) }),
    ...(razorpay && { razorpay: createRazorpayGateway(razorpay) }),
  };
}

function sandboxGateway({ port, webhookSecrets }: SandboxConfig): Gateway {
  return createSandboxGateway({ baseUrl: `http://127.0.0.1:${port}`, webhookSecrets });
}
