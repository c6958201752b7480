/** What the scene's orders look like when everything that was asked has happened, and happened once. */
import assert from 'node:assert/strict';
import { type Shop, untilSettled } from '../support/shop.ts';
import type { Scene } from './scene.ts';

interface GatewayPayment {
  status: string;
  amountCaptured: number;
  refunds: { amount: number }[];
}

interface Traces {
  payments: number;
  isVoided: boolean;
  refunds: number;
  /** Granted, and of these revoked. */
  entitlements: [number, number];
}

const NOTHING: Traces = { payments: 0, isVoided: false, refunds: 0, entitlements: [0, 0] };
const PAID: Traces = { ...NOTHING, payments: 1, entitlements: [1, 0] };

const EXPECTED: Record<keyof Scene['orders'], [state: string, traces: Traces]> = {
  created: ['initiated', NOTHING],
  clicked: ['pending', { ...NOTHING, payments: 1 }],
  verified: ['paid', PAID],
  cancelled: ['cancelled', { ...NOTHING, payments: 1, isVoided: true }],
  refunded: ['refunded', { ...PAID, refunds: 1, entitlements: [1, 1] }],
  decided: ['paid', PAID],
  told: ['paid', PAID],
};

export async function assertHappenedOnce(shop: Shop, { orders }: Scene): Promise<void> {
  for (const [name, id] of Object.entries(orders)) {
    const [state, traces] = EXPECTED[name as keyof Scene['orders']];
    const { effects, refunds } = await untilSettled(shop, id, state);
    assert.deepEqual(await tracesOf(shop, id), traces, `the order that was ${name}`);
    assert.equal(refunds.length, traces.refunds);
    assert.equal(new Set(effects.map(({ key }) => key)).size, effects.length);
  }
}

async function tracesOf(shop: Shop, id: string): Promise<Traces> {
  const path = `/payments?orderId=${id}`;
  const { payments } = (await shop.gateway<{ payments: GatewayPayment[] }>('GET', path)).body;
  const { body } = await shop.call<{ entitlements: { revokedAt: string | null }[] }>(
    'GET',
    `/v1/customers/cus_${id}/entitlements`,
  );
  return {
    payments: payments.length,
    isVoided: payments.some(({ status }) => status === 'voided'),
    refunds: payments.flatMap((payment) => payment.refunds).length,
    entitlements: [
      body.entitlements.length,
      body.entitlements.filter(({ revokedAt }) => revokedAt !== null).length,
    ],
  };
}
