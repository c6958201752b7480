import assert from 'node:assert/strict';
import { RAZORPAY_AMOUNTS } from '../../src/gateways/razorpay/amounts.ts';
import {
  fromStripeAmount,
  STRIPE_AMOUNTS,
  toStripeAmount,
} from '../../src/gateways/stripe/amounts.ts';
import { brokenRule, largestAmount, MAX_AMOUNT_MINOR, noRules } from '../../src/money/amounts.ts';
import { CURRENCIES } from '../../src/money/currencies.ts';

describe('an amount at Stripe', () => {
  const cases: [number, string, string | null][] = [
    [49, 'USD', 'Stripe takes at least 0.50 USD'],
    [50, 'USD', null],
    [49, 'INR', 'Stripe takes at least 0.50 INR'],
    [17_499, 'HUF', 'Stripe takes at least 175.00 HUF'],
    [35_205, 'KWD', 'Stripe takes KWD in steps of 0.010 KWD'],
    [35_210, 'KWD', null],
    [120_000_000, 'IDR', null],
    [150_000_000, 'COP', null],
    [999_999_999_999, 'IDR', null],
    [10_000_000_000, 'ISK', 'Stripe takes at most 9,999,999,999 ISK'],
    [150, 'MGA', 'Stripe takes MGA in steps of 1.00 MGA'],
    [200, 'MGA', null],
  ];
  for (const [amountMinor, currency, rule] of cases)
    it(`of ${amountMinor} minor units of ${currency} is ${rule === null ? 'taken' : 'refused'}`, () => {
      assert.equal(brokenRule(STRIPE_AMOUNTS, amountMinor, currency), rule);
    });

  it('comes back as it went, for the largest of every currency', () => {
    for (const currency of CURRENCIES) {
      const largest = largestAmount(STRIPE_AMOUNTS, currency);
      const amountMinor = largest - (largest % 1000);
      assert.equal(fromStripeAmount(toStripeAmount(amountMinor, currency), currency), amountMinor);
    }
  });
});

describe('an amount at Razorpay', () => {
  const cases: [number, string, string | null][] = [
    [99, 'INR', 'Razorpay takes at least 1.00 INR'],
    [100, 'INR', null],
    [99, 'MYR', 'Razorpay takes at least 1.00 MYR'],
    [1, 'USD', null],
    [1_505, 'KWD', 'Razorpay takes KWD in steps of 0.010 KWD'],
    [500, 'JPY', null],
  ];
  for (const [amountMinor, currency, rule] of cases)
    it(`of ${amountMinor} minor units of ${currency} is ${rule === null ? 'taken' : 'refused'}`, () => {
      assert.equal(brokenRule(RAZORPAY_AMOUNTS, amountMinor, currency), rule);
    });
});

describe('an amount at a gateway that takes less of single currencies', () => {
  const rules = { ...noRules('Acme'), maximumOf: { EUR: 1_000_000 } };
  const rule = 'Acme takes at most 10,000.00 EUR';
  for (const [amountMinor, currency, broken] of [
    [1_000_000, 'EUR', null],
    [1_000_001, 'EUR', rule],
    [1_000_001, 'USD', null],
  ] as const)
    it(`of ${amountMinor} minor units of ${currency} is ${broken === null ? 'taken' : 'refused'}`, () => {
      assert.equal(brokenRule(rules, amountMinor, currency), broken);
    });
});

describe('the largest amount of any gateway', () => {
  it('leaves room for a thousand of them in one exact sum', () => {
    assert(Number.isSafeInteger(MAX_AMOUNT_MINOR * 1000));
    for (const currency of CURRENCIES)
      for (const rules of [STRIPE_AMOUNTS, RAZORPAY_AMOUNTS, noRules('The sandbox')])
        assert(largestAmount(rules, currency) <= MAX_AMOUNT_MINOR);
  });
});
