/** Every gateway that this process may use, by name. */
import type { GatewayValues } from '../config/config.ts';
import type { GatewayCapabilities } from './capabilities.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayPackage } from './gateway-package.ts';

/** A gateway that is ready to be asked, with what it can do. */
export interface ConfiguredGateway extends Gateway {
  capabilities: GatewayCapabilities;
  /** In words, what its codes of refused refunds mean. */
  refusalReasons: Readonly<Record<string, string>>;
}

export type Gateways = Readonly<Record<string, ConfiguredGateway>>;

/** @param values of each gateway that is configured, the values of its settings */
export function createGateways(
  packages: readonly GatewayPackage[],
  values: Readonly<Record<string, GatewayValues>>,
): Gateways {
  return Object.fromEntries(
    packages.flatMap((one) => {
      const own = Object.hasOwn(values, one.name) ? values[one.name] : undefined;
      return own === undefined ? [] : [[one.name, configured(one, own)] as const];
    }),
  );
}

/** What a package returns may be an instance of a class, whose methods a copy would lose. */
function configured(
  { capabilities, refusalReasons = {}, create }: GatewayPackage,
  values: GatewayValues,
): ConfiguredGateway {
  const gateway = create(values);
  return {
    capabilities,
    refusalReasons,
    checkAccess: () => gateway.checkAccess(),
    createPayment: (request) => gateway.createPayment(request),
    fetchPayments: (request) => gateway.fetchPayments(request),
    capturePayment: (request) => gateway.capturePayment(request),
    voidPayment: (request) => gateway.voidPayment(request),
    refundPayment: (request) => gateway.refundPayment(request),
    isProofValid: (proof) => gateway.isProofValid(proof),
    readWebhook: (...webhook) => gateway.readWebhook(...webhook),
  };
}
