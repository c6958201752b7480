/** Gateways whose calls are counted by what came of them. */
import { GatewayMisconfigured, GatewayRefusal } from './gateway.ts';
import type { ConfiguredGateway, Gateways } from './index.ts';

/** `misconfigured`: the gateway refused the configured key. */
export type CallOutcome = 'answered' | 'refused' | 'unanswered' | 'misconfigured';

/** Called when a call to a gateway has ended. */
export type OnGatewayCall = (gateway: string, outcome: CallOutcome) => void;

export function watched(gateways: Gateways, onCall: OnGatewayCall): Gateways {
  return Object.fromEntries(
    Object.entries(gateways).map(([name, gateway]) => [
      name,
      watchedGateway(gateway, (outcome) => onCall(name, outcome)),
    ]),
  );
}

function watchedGateway(
  gateway: ConfiguredGateway,
  onCall: (outcome: CallOutcome) => void,
): ConfiguredGateway {
  async function watch<Result>(call: Promise<Result>): Promise<Result> {
    try {
      const result = await call;
      onCall('answered');
      return result;
    } catch (error) {
      onCall(outcomeOf(error));
      throw error;
    }
  }
  const { fetchSettlement } = gateway;
  return {
    ...gateway,
    ...(fetchSettlement && { fetchSettlement: (request) => watch(fetchSettlement(request)) }),
    checkAccess: () => watch(gateway.checkAccess()),
    createPayment: (request) => watch(gateway.createPayment(request)),
    fetchPayments: (request) => watch(gateway.fetchPayments(request)),
    capturePayment: (request) => watch(gateway.capturePayment(request)),
    voidPayment: (request) => watch(gateway.voidPayment(request)),
    refundPayment: (request) => watch(gateway.refundPayment(request)),
  };
}

function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof GatewayMisconfigured) return 'misconfigured';
  return error instanceof GatewayRefusal ? 'refused' : 'unanswered';
}
