/**
 * What the order asks of its gateway. The key that goes with each call is derived here, once, from
 * order, purpose and cause: however often an activity runs, the gateway sees one request.
 */
import type { OrderDetails } from '../domain/details.ts';
import { type Answer, causeOf, type GatewayCall } from '../domain/effects.ts';
import { failpoint } from '../failpoints.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { gatewayIdempotencyKey } from '../gateways/idempotency-key.ts';
import type { Gateways } from '../gateways/index.ts';

type CallOf<T extends GatewayCall['effect']> = Extract<GatewayCall, { effect: T }>;
type AnswerTo<T extends Answer['to']> = Extract<Answer, { to: T }>;

/** One call for one order; `gateway` and `currency` are the order's own. */
export interface GatewayRequest<T extends GatewayCall['effect']> {
  orderId: string;
  gateway: string;
  currency: string;
  command: CallOf<T>;
}

export type GatewayCalls = ReturnType<typeof createGatewayCalls>;

/** @throws GatewayRefusal (final) or GatewaySilence (to be asked again under the same key). */
export function createGatewayCalls(
  gateways: Gateways,
  detailsOf: (orderId: string) => Promise<OrderDetails | null>,
) {
  const named = (name: string): Gateway => {
    const gateway = gateways[name];
    if (gateway === undefined)
      throw new Error(`gateway "${name}" is not configured in this worker: set its variables`);
    return gateway;
  };

  return {
    async createPayment({
      orderId,
      gateway,
      currency,
      command,
    }: GatewayRequest<'create_payment'>): Promise<AnswerTo<'create_payment'>> {
      failpoint('gateway.create.beforeCall');
      const { attempt, amountMinor, supersedes } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'create', String(attempt));
      const details = await detailsOf(orderId);
      const terms = { orderId, attempt, amountMinor, currency, supersedes };
      const request = { ...terms, details, idempotencyKey };
      return { to: 'create_payment', ...(await named(gateway).createPayment(request)) };
    },

    async fetchPayments({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'fetch_payments'>): Promise<AnswerTo<'fetch_payments'>> {
      const { paymentIds } = command;
      const fetched = await named(gateway).fetchPayments({ orderId, paymentIds });
      return { to: 'fetch_payments', ...fetched };
    },

    async capturePayment({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'capture_payment'>): Promise<AnswerTo<'capture_payment'>> {
      const { paymentId, amountMinor } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'capture', causeOf(orderId, command));
      const request = { paymentId, amountMinor, idempotencyKey };
      return { to: 'capture_payment', payment: await named(gateway).capturePayment(request) };
    },

    async voidPayment({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'void_payment'>): Promise<AnswerTo<'void_payment'>> {
      const { paymentId } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'void', causeOf(orderId, command));
      const payment = await named(gateway).voidPayment({ paymentId, idempotencyKey });
      return { to: 'void_payment', payment };
    },

    async refundPayment({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'refund_payment'>): Promise<AnswerTo<'refund_payment'>> {
      const { paymentId, amountMinor, currency, requestKey } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'refund', requestKey);
      const request = { paymentId, amountMinor, currency, idempotencyKey };
      return { to: 'refund_payment', refund: await named(gateway).refundPayment(request) };
    },
  };
}
