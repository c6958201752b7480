/** Everything that can become of an order, each told once. The histories of these scenarios are kept. */
import { placeAt } from '../place.ts';
import { ACCESS } from './access.ts';
import { BY_HAND } from './by-hand.ts';
import { CAPTURES } from './captures.ts';
import { ENDINGS } from './endings.ts';
import { RAZORPAY, STRIPE } from './gateways.ts';
import { OUTAGES } from './outages.ts';
import { PAYMENTS } from './payments.ts';
import { REFUNDS } from './refunds.ts';
import { REVIEWS } from './reviews.ts';
import type { Scenarios } from './scenario.ts';

/** By the gateway at which their histories are recorded. */
const RECORDED_AT: Readonly<Record<string, Scenarios>> = {
  sandbox: {
    ...PAYMENTS,
    ...ENDINGS,
    ...REFUNDS,
    ...REVIEWS,
    ...OUTAGES,
    ...BY_HAND,
    ...CAPTURES,
    ...ACCESS,
  },
  stripe: STRIPE,
  razorpay: RAZORPAY,
};

/** All runs of their orders are kept, not only the last one. */
const EVERY_RUN_IS_KEPT: ReadonlySet<string> = new Set([
  'closed-and-opened-again',
  'continued-as-new',
  'continued-as-new-with-a-call-under-way',
]);

export interface RecordedScenario {
  /** The name of its history's file. */
  name: string;
  isEveryRunKept: boolean;
  /** @returns the order's id; whatever becomes of it, the gateway is well again afterwards */
  tell(): Promise<string>;
}

export const SCENARIOS: readonly RecordedScenario[] = Object.entries(RECORDED_AT).flatMap(
  ([gateway, scenarios]) =>
    Object.entries(scenarios).map(([name, tell]) => ({
      name,
      isEveryRunKept: EVERY_RUN_IS_KEPT.has(name),
      async tell() {
        const place = await placeAt(gateway);
        try {
          return (await tell(place)).id;
        } finally {
          await place.gateway.calm();
        }
      },
    })),
);
