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

type ValuesByGateway = Readonly<Record<string, GatewayValues>>;

/** @param values of each gateway that is configured, the values of its settings */
export function createGateways(
  packages: readonly GatewayPackage[],
  values: ValuesByGateway,
): Gateways {
  return createRenewableGateways(packages, values).gateways;
}

/**
 * Gateways whose settings may change while they are used: a call that is under way ends as it began.
 *
 * @returns beside them `renew`, which makes all of them anew, or throws for a setting that one refuses and changes none
 */
export function createRenewableGateways(
  packages: readonly GatewayPackage[],
  values: ValuesByGateway,
): { gateways: Gateways; renew(values: ValuesByGateway): void } {
  let present = instancesOf(packages, values);
  const gateways = packages.flatMap((one) =>
    present.has(one.name)
      ? [[one.name, configured(one, () => present.get(one.name) as Gateway)] as const]
      : [],
  );
  return {
    gateways: Object.fromEntries(gateways),
    renew: (renewed) => {
      present = instancesOf(packages, renewed);
    },
  };
}

function instancesOf(
  packages: readonly GatewayPackage[],
  values: ValuesByGateway,
): Map<string, Gateway> {
  return new Map(
    packages.flatMap(({ name, create }) => {
      const own = Object.hasOwn(values, name) ? values[name] : undefined;
      return own === undefined ? [] : [[name, create(own)] as const];
    }),
  );
}

/** What a package returns may be an instance of a class, whose methods a copy would lose. */
function configured(
  { title, capabilities, refusalReasons = {} }: GatewayPackage,
  gateway: () => Gateway,
): ConfiguredGateway {
  return {
    capabilities,
    refusalReasons,
    checkAccess: () => gateway().checkAccess(),
    ...(gateway().webhookEndpoints && {
      webhookEndpoints: async () => (await gateway().webhookEndpoints?.()) ?? [],
    }),
    createPayment: (request) => gateway().createPayment(request),
    fetchPayments: (request) => gateway().fetchPayments(request),
    capturePayment: (request) => gateway().capturePayment(request),
    voidPayment: (request) => gateway().voidPayment(request),
    refundPayment: (request) => gateway().refundPayment(request),
    ...(capabilities.settlements && {
      fetchSettlement: (request) => {
        const { fetchSettlement } = gateway();
        if (fetchSettlement === undefined)
          throw new Error(`${title} has settlements in its capabilities and no fetchSettlement`);
        return fetchSettlement(request);
      },
    }),
    isProofValid: (proof) => gateway().isProofValid(proof),
    ...(gateway().prepareWebhook && {
      prepareWebhook: async (headers) => gateway().prepareWebhook?.(headers),
    }),
    readWebhook: (...webhook) => gateway().readWebhook(...webhook),
  };
}
