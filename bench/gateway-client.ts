/** How a side's server opens a payment at the gateway: one payment an order, whoever asks how often. */
import { createHttpClient } from './http-client.ts';
import { PRICE } from './side.ts';

export interface GatewayClient {
  /** Gives the gateway's payment id; the same for every call of the same order. */
  openPayment(orderId: string): Promise<string>;
}

export function createGatewayClient(gatewayUrl: string): GatewayClient {
  const http = createHttpClient(gatewayUrl);
  const { amountMinor: amount, currency } = PRICE;
  return {
    async openPayment(orderId) {
      const body = JSON.stringify({ orderId, amount, currency });
      const headers = { 'idempotency-key': `${orderId}-payment-1` };
      return (await http.post<{ id: string }>('/payments', body, headers)).id;
    },
  };
}
