/** Amounts in every way in which currencies and gateways count. */
import assert from 'node:assert/strict';
import type { GatewayCapabilities } from '../../gateways/capabilities.ts';
import { type AmountRules, brokenRule } from '../../money/amounts.ts';
import { minorDigits } from '../../money/currencies.ts';
import type { Check } from '../check.ts';

/** By how many digits they have: the usual ones first. */
const CURRENCIES: Readonly<Record<number, readonly string[]>> = {
  0: ['JPY', 'KRW', 'CLP', 'VND'],
  2: ['EUR', 'INR', 'USD'],
  3: ['KWD', 'BHD', 'TND'],
};

const WITH_DIGITS = Object.keys(CURRENCIES).map(
  (digits): Check => ({
    group: 'amounts',
    title: `an amount in a currency with ${digits} digits is the same everywhere`,
    unless: (capabilities) =>
      takenOf(capabilities, CURRENCIES[Number(digits)] ?? []).length > 0
        ? null
        : `it takes no currency with ${digits} digits`,
    async run(bench) {
      const taken = takenOf(bench.package.capabilities, CURRENCIES[Number(digits)] ?? []);
      for (const currency of taken.slice(0, 1)) await isTheSame(bench, currency);
    },
  }),
);

export const AMOUNT_CHECKS: readonly Check[] = [
  ...WITH_DIGITS,
  {
    group: 'amounts',
    title: "an amount is the same everywhere in each currency that the gateway's own units are of",
    unless: ({ amounts }) =>
      Object.keys(amounts.extraDecimals).length > 0 ? null : 'its units are those of ISO 4217',
    async run(bench) {
      for (const currency of Object.keys(bench.package.capabilities.amounts.extraDecimals))
        await isTheSame(bench, currency);
    },
  },
  {
    group: 'amounts',
    title: 'its rules are of currencies that there are, and leave amounts to be paid',
    async run({ package: { capabilities } }) {
      const { amounts, currencies = [] } = capabilities;
      const named = [amounts.extraDecimals, amounts.minimum, amounts.step, amounts.maximumOf ?? {}];
      const codes = [...named.flatMap((rule) => Object.keys(rule)), ...currencies];
      for (const code of codes) {
        assert.notEqual(minorDigits(code), null, `${code} is a currency of ISO 4217`);
        assert.notEqual(amountIn(amounts, code), null, `some amount of ${code} can be paid`);
      }
    },
  },
];

function takenOf(
  { currencies }: GatewayCapabilities,
  wanted: readonly string[],
): readonly string[] {
  return wanted.filter((code) => currencies?.includes(code) ?? true);
}

/** An amount whose digits all count where the rules let them; null where the rules let none be paid. */
function amountIn(rules: AmountRules, currency: string): number | null {
  const candidates = [24_937, 249_370, 2_493_700, 24_937_000];
  return candidates.find((amount) => brokenRule(rules, amount, currency) === null) ?? null;
}

async function isTheSame(bench: Parameters<Check['run']>[0], currency: string): Promise<void> {
  const { paid, reported, actor, package: given } = bench;
  const amountMinor = amountIn(given.capabilities.amounts, currency) ?? 0;
  const { payment, orderId, paymentId } = await paid({ amountMinor, currency });
  const fact = await reported(orderId, paymentId, 'payment.captured');
  const [stored] = await actor.paymentsOf(orderId);
  assert.deepEqual(
    {
      opened: [payment.amountMinor, payment.currency],
      reported: [fact.amountMinor, fact.currency],
      stored: [stored?.capturedMinor, stored?.currency],
    },
    {
      opened: [amountMinor, currency],
      reported: [amountMinor, currency],
      stored: [amountMinor, currency],
    },
  );
}
