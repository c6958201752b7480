/**
 * What the order asks of its gateway. The key that goes with each call is derived here, once, from
 * order, purpose and cause: however often an activity runs, the gateway sees one request.
 */
import type { OrderDetails } from '../domain/details.ts';
import { type Answer, causeOf, type GatewayCall } from '../domain/effects/effects.ts';
import type { PaymentSnapshot } from '../domain/facts/facts.ts';
import type { Gateway, GatewayPayment, NamedPayment } from '../gateways/gateway.ts';
import { gatewayIdempotencyKey } from '../gateways/idempotency-key.ts';
import type { Gateways } from '../gateways/index.ts';
import { failpoint } from '../process/failpoints.ts';
import type { InstallationId } from '../store/installation.ts';

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

/** @throws GatewayRefusal (final) or GatewayOutcomeUnknown (to be asked again under the same key). */
export function createGatewayCalls(
  gateways: Gateways,
  detailsOf: (orderId: string) => Promise<OrderDetails | null>,
  ownInstallation: InstallationId,
) {
  const named = (name: string): Gateway => {
    const gateway = gateways[name];
    if (gateway === undefined)
      throw new Error(`gateway "${name}" is not configured in this worker: set its variables`);
    return gateway;
  };

  /** Says of a payment whether this installation made it. */
  async function marked(payment: GatewayPayment): Promise<PaymentSnapshot> {
    const { installationId, ...snapshot } = payment;
    if (installationId === null) return { ...snapshot, installation: 'none' };
    const isOurs = installationId === (await ownInstallation());
    return { ...snapshot, installation: isOurs ? 'ours' : 'other' };
  }

  return {
    async createPayment({
      orderId,
      gateway,
      currency,
      command,
    }: GatewayRequest<'create_payment'>): Promise<AnswerTo<'create_payment'>> {
      failpoint('gateway.create.beforeCall');
      const { attempt, amountMinor, supersedes, capture, gatewayIds } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'create', causeOf(orderId, command));
      const [details, installationId] = await Promise.all([detailsOf(orderId), ownInstallation()]);
      const terms = { orderId, installationId, attempt, amountMinor, currency, supersedes };
      const captured = capture === undefined ? {} : { capture };
      const { payment, checkout } = await named(gateway).createPayment({
        ...terms,
        ...captured,
        ...(gatewayIds && { gatewayIds }),
        details,
        idempotencyKey,
      });
      failpoint('gateway.create.afterCallBeforeReturn');
      return { to: 'create_payment', payment: await marked(payment), checkout };
    },

    async fetchPayments({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'fetch_payments'>): Promise<AnswerTo<'fetch_payments'>> {
      const { paymentIds, gatewayIds } = command;
      const request = { orderId, paymentIds, ...(gatewayIds && { gatewayIds }) };
      const { payments, missing } = await named(gateway).fetchPayments(request);
      return { to: 'fetch_payments', payments: await Promise.all(payments.map(marked)), missing };
    },

    async capturePayment({
      orderId,
      gateway,
      currency,
      command,
    }: GatewayRequest<'capture_payment'>): Promise<AnswerTo<'capture_payment'>> {
      const { amountMinor } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'capture', causeOf(orderId, command));
      const request = { ...paymentOf(command), amountMinor, currency, idempotencyKey };
      const payment = await named(gateway).capturePayment(request);
      failpoint('gateway.capture.afterCallBeforeReturn');
      return { to: 'capture_payment', payment: payment && (await marked(payment)) };
    },

    async voidPayment({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'void_payment'>): Promise<AnswerTo<'void_payment'>> {
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'void', causeOf(orderId, command));
      const payment = await named(gateway).voidPayment({
        ...paymentOf(command),
        idempotencyKey,
      });
      failpoint('gateway.void.afterCallBeforeReturn');
      return { to: 'void_payment', payment: payment && (await marked(payment)) };
    },

    async refundPayment({
      orderId,
      gateway,
      command,
    }: GatewayRequest<'refund_payment'>): Promise<AnswerTo<'refund_payment'>> {
      const { amountMinor, currency, requestKey } = command;
      const idempotencyKey = gatewayIdempotencyKey(orderId, 'refund', requestKey);
      const request = { ...paymentOf(command), amountMinor, currency, idempotencyKey };
      const refund = await named(gateway).refundPayment(request);
      failpoint('gateway.refund.afterCallBeforeReturn');
      return { to: 'refund_payment', refund };
    },
  };
}

function paymentOf({
  paymentId,
  gatewayIds,
}: CallOf<'capture_payment' | 'void_payment' | 'refund_payment'>): NamedPayment {
  return { paymentId, ...(gatewayIds && { gatewayIds }) };
}
