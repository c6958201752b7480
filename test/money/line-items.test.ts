import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  allocate,
  type CreditedTaxes,
  creditLines,
  type LineItem,
  type OrderLines,
  type PricedLines,
  priceLines,
  TAX_RATE,
} from '../../src/money/line-items.ts';
import { holds } from '../support/property.ts';

const line = (unitAmount: number, taxRate: string, more: Partial<LineItem> = {}): LineItem => ({
  description: 'Book',
  quantity: 1,
  unitAmount,
  taxRate,
  ...more,
});

const priced = (
  taxBehavior: OrderLines['taxBehavior'],
  lineItems: LineItem[],
  discount = 0,
): PricedLines => priceLines({ taxBehavior, lineItems, discount });

const taxes = ({ taxes }: PricedLines): [string, number, number][] =>
  taxes.map(({ taxRate, taxable, tax }) => [taxRate, taxable, tax]);

const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);

describe('lines of an order', () => {
  it('without tax in their prices have it added on the sum of each rate', () => {
    const order = priced('exclusive', [
      line(10_000, '19', { quantity: 2 }),
      line(3_333, '7'),
      line(50, '19'),
    ]);
    assert.deepEqual(taxes(order), [
      ['19', 20_050, 3_810],
      ['7', 3_333, 233],
    ]);
    assert.equal(order.total, 20_050 + 3_810 + 3_333 + 233);
  });

  it('with tax in their prices come to those prices, and the tax is taken out of the sum of each rate', () => {
    const order = priced('inclusive', [line(11_900, '19'), line(10_700, '7'), line(995, '19')]);
    assert.deepEqual(taxes(order), [
      ['19', 10_836, 2_059],
      ['7', 10_000, 700],
    ]);
    assert.equal(order.total, 11_900 + 10_700 + 995);
  });

  it('are rounded once a rate, not once a line', () => {
    // Three times 0.019 would be 0.06 line by line.
    const order = priced('exclusive', [line(10, '19'), line(10, '19'), line(10, '19')]);
    assert.deepEqual(taxes(order), [['19', 30, 6]]);
    // 3 × 0.4 is 1.2: rounded line by line there would be no tax at all.
    const small = priced('exclusive', [line(5, '8'), line(5, '8'), line(5, '8')]);
    assert.deepEqual(taxes(small), [['8', 15, 1]]);
  });

  it('round half a minor unit up', () => {
    assert.deepEqual(taxes(priced('exclusive', [line(50, '1')])), [['1', 50, 1]]);
    assert.deepEqual(taxes(priced('exclusive', [line(49, '1')])), [['1', 49, 0]]);
    // 1.005 is no binary number: a float would lose its half.
    assert.deepEqual(taxes(priced('exclusive', [line(1_005, '10')])), [['10', 1_005, 101]]);
  });

  it('have rates that no float can hold', () => {
    assert.deepEqual(taxes(priced('exclusive', [line(100_000, '8.1')])), [['8.1', 100_000, 8_100]]);
    assert.deepEqual(taxes(priced('exclusive', [line(100_000, '8.8750')])), [
      ['8.875', 100_000, 8_875],
    ]);
    const largest = priced('exclusive', [line(499_999_999_999, '99.9999')]);
    assert.deepEqual(taxes(largest), [['99.9999', 499_999_999_999, 499_999_499_999]]);
  });

  it('of one rate are one sum however the rate is written, and two where one has a reason for no tax', () => {
    const order = priced('exclusive', [
      line(100, '19.0'),
      line(100, '19'),
      line(100, '0'),
      line(100, '0.00', { exemptionReason: 'Article 132' }),
    ]);
    assert.deepEqual(
      order.taxes.map(({ taxRate, exemptionReason }) => [taxRate, exemptionReason]),
      [
        ['19', undefined],
        ['0', undefined],
        ['0', 'Article 132'],
      ],
    );
  });

  it('have their own discounts, and one of the whole order that each rate bears its part of', () => {
    const order = priced(
      'exclusive',
      [line(10_000, '19', { quantity: 3, discount: 1_000 }), line(10_000, '7')],
      1_000,
    );
    assert.deepEqual(
      order.lines.map(({ amount }) => amount),
      [29_000, 10_000],
    );
    assert.deepEqual(
      order.taxes.map(({ discount }) => discount),
      [744, 256],
    );
    assert.deepEqual(taxes(order), [
      ['19', 28_256, 5_369],
      ['7', 9_744, 682],
    ]);
  });

  it('may come to nothing', () => {
    const order = priced('inclusive', [line(500, '19'), line(0, '7')], 500);
    assert.equal(order.total, 0);
    assert.deepEqual(taxes(order), [
      ['19', 0, 0],
      ['7', 0, 0],
    ]);
  });
});

/** Of currencies with none, two and three digits alike: whole minor units. */
const rate = fc.constantFrom('0', '2.1', '5.5', '7', '8.1', '8.875', '19', '20', '25', '100');
const anyLine = fc
  .record({ quantity: fc.nat(40), unitAmount: fc.nat(1_000_000), taxRate: rate, off: fc.nat(100) })
  .map(({ off, ...given }): LineItem => {
    const whole = given.quantity * given.unitAmount;
    return { description: 'Book', ...given, discount: Math.floor((whole * off) / 100) };
  });
const anyLines = fc
  .record({
    taxBehavior: fc.constantFrom('inclusive' as const, 'exclusive' as const),
    lineItems: fc.array(anyLine, { minLength: 1, maxLength: 12 }),
    off: fc.nat(100),
  })
  .map(({ taxBehavior, lineItems, off }) => {
    const { subtotal } = priced(taxBehavior, lineItems);
    return priced(taxBehavior, lineItems, Math.floor((subtotal * off) / 100));
  });

describe('any lines', () => {
  holds(
    'come to their prices where tax is in them, and to their prices and tax where it is not',
    fc.property(anyLines, ({ taxBehavior, lines, subtotal, discount, taxes, total }) => {
      assert.equal(subtotal, sum(lines.map(({ amount }) => amount)));
      assert.equal(discount, sum(taxes.map((one) => one.discount)));
      const due = subtotal - discount;
      const tax = sum(taxes.map((one) => one.tax));
      assert.equal(total, taxBehavior === 'inclusive' ? due : due + tax);
      assert.equal(sum(taxes.map(({ taxable }) => taxable)), total - tax);
    }),
  );

  holds(
    'have the tax of each rate within half a minor unit, and none that is negative',
    fc.property(anyLines, ({ taxBehavior, taxes }) => {
      for (const { taxRate, taxable, tax, amount, discount } of taxes) {
        const base = amount - discount;
        const percent = Number(taxRate);
        const exact = (base * percent) / (taxBehavior === 'inclusive' ? 100 + percent : 100);
        assert(Math.abs(tax - exact) <= 0.5 + 1e-6, `${tax} is not ${exact}`);
        assert(taxable >= 0 && tax >= 0);
      }
    }),
  );

  holds(
    'are credited by any refunds for exactly what they are, no rate beyond it, at no step',
    fc.property(anyLines, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (order, parts) => {
      const notes: CreditedTaxes[] = [];
      let left = order.total;
      for (const part of [...parts, 1]) {
        const amount = Math.floor(left * part);
        const note = creditLines(order, notes, amount);
        left -= amount;
        assert.equal(sum(note.taxes.map(({ taxable, tax }) => taxable + tax)), amount);
        assert.equal(note.beyond, 0);
        assert(note.taxes.every(({ taxable, tax }) => taxable >= 0 && tax >= 0));
        notes.push(note);
      }
      for (const [i, { taxable, tax }] of order.taxes.entries()) {
        assert.equal(sum(notes.map((note) => note.taxes[i]?.taxable ?? 0)), taxable);
        assert.equal(sum(notes.map((note) => note.taxes[i]?.tax ?? 0)), tax);
      }
    }),
  );

  holds(
    'split an amount so that the parts are the whole, and none is more than its weight',
    fc.property(fc.array(fc.nat(1_000_000), { maxLength: 9 }), fc.nat(100), (weights, percent) => {
      const total = Math.floor((sum(weights) * percent) / 100);
      const parts = allocate(total, weights);
      assert.equal(sum(parts), total);
      assert(parts.every((part, i) => part >= 0 && part <= (weights[i] ?? 0)));
    }),
  );
});

describe('a refund of an order with lines', () => {
  const order = priced('inclusive', [line(11_900, '19'), line(10_700, '7')]);

  it('takes back each rate in proportion', () => {
    assert.deepEqual(creditLines(order, [], 11_300).taxes, [
      { taxRate: '19', taxable: 5_000, tax: 950 },
      { taxRate: '7', taxable: 5_000, tax: 350 },
    ]);
  });

  it('takes back no tax beyond the invoice', () => {
    const first = creditLines(order, [], 20_000);
    const second = creditLines(order, [first], 5_000);
    assert.equal(second.beyond, 2_400);
    assert.equal(sum([first, second].flatMap((note) => note.taxes.map(({ tax }) => tax))), 2_600);
  });

  it('of a minor unit at a time ends at the same tax', () => {
    const small = priced('exclusive', [line(7, '19'), line(3, '7')]);
    const notes: CreditedTaxes[] = [];
    for (let i = 0; i < small.total; i += 1) notes.push(creditLines(small, notes, 1));
    assert.equal(
      sum(notes.flatMap((note) => note.taxes.map(({ tax }) => tax))),
      sum(small.taxes.map(({ tax }) => tax)),
    );
  });
});

describe('what other software added up wrongly', () => {
  const tax = (order: PricedLines): number => sum(order.taxes.map((one) => one.tax));

  it('two lines of 55.55 and 11.11 with 23 % have 15.33 of tax (odoo #36675)', () => {
    assert.equal(tax(priced('exclusive', [line(5_555, '23'), line(1_111, '23')])), 1_533);
  });

  it('2.6 % of 164.02 is 4.26 (vendure #2662)', () => {
    assert.equal(tax(priced('exclusive', [line(16_402, '2.6')])), 426);
  });

  it('two prices of 21.53 with 21 % in them come to 43.06 (odoo #169960)', () => {
    const order = priced('inclusive', [line(2_153, '21'), line(2_153, '21')]);
    assert.deepEqual([order.total, ...taxes(order)], [4_306, ['21', 3_559, 747]]);
  });

  it('a discount of everything leaves no cent of tax (odoo #240633)', () => {
    assert.equal(priced('exclusive', [line(1_999, '19.99'), line(1_999, '19.99')], 3_998).total, 0);
  });

  it('a discount of 10.00 on three times 100.00 is 10.00 (erpnext #58042)', () => {
    const order = priced(
      'exclusive',
      ['5', '7', '19'].map((rate) => line(10_000, rate)),
      1_000,
    );
    assert.deepEqual(
      order.taxes.map(({ discount }) => discount),
      [334, 333, 333],
    );
  });

  it('refunds one after the other take back 334.99 and not 335.00 (lago #2643)', () => {
    const lines = [6_833, 6_833, 5_750, 8_500].map((amount) => line(amount, '20'));
    const order = priced('exclusive', lines);
    assert.equal(order.total, 33_499);
    const notes: CreditedTaxes[] = [];
    for (const amount of [8_200, 6_900, 10_200, 8_199])
      notes.push(creditLines(order, notes, amount));
    assert.equal(sum(notes.flatMap(({ taxes }) => taxes.map((one) => one.tax))), tax(order));
    assert.equal(creditLines(order, notes, 1).beyond, 1);
  });

  it('a refund of everything is the invoice, after hundreds of lines of four cents (PrestaShop #23821)', () => {
    const lines = Array.from({ length: 100 }, () => line(4, '20', { quantity: 7 }));
    const order = priced('inclusive', [...lines, line(499, '20')]);
    assert.deepEqual(taxes(order), [['20', 2_749, 550]]);
    assert.deepEqual(creditLines(order, [], order.total), {
      taxes: [{ taxRate: '20', taxable: 2_749, tax: 550 }],
      beyond: 0,
    });
  });
});

describe('a tax rate', () => {
  for (const text of ['0', '19', '8.1', '8.875', '100', '0.0001'])
    it(`may be ${text}`, () => assert.match(text, TAX_RATE));
  for (const text of ['', '19%', '19,0', '-1', '1e1', '100.5', '101', '.5', '1.', '8.12345', ' 7'])
    it(`is not "${text}"`, () => assert.doesNotMatch(text, TAX_RATE));
});
