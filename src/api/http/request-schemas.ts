/**
 * The pieces that request schemas share: ids, amounts, texts. They convert nothing; a number in quotes
 * is a text.
 */
import { z } from 'zod';
import { MAX_AMOUNT_MINOR } from '../../money/amounts.ts';
import { CURRENCIES } from '../../money/currencies.ts';
import type { ProblemCode } from '../problems/problem-table.ts';

/** NUL and lone surrogates: valid JSON, and refused by PostgreSQL. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const ORDER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Shown in the Temporal UI without encryption, so an e-mail address does not fit. */
const CUSTOMER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/;
const VISIBLE = /^[\x21-\x7e]{1,255}$/;

const KNOWN_CURRENCIES: ReadonlySet<string> = new Set(CURRENCIES);

/** Lets a rule answer with a problem code of its own in place of `validation_failed`. */
export function breaks(code: ProblemCode, message: string) {
  return { error: message, params: { code } };
}

export function text(maxLength: number) {
  return z
    .string()
    .min(1, `must have 1 to ${maxLength} characters`)
    .max(maxLength, `must have 1 to ${maxLength} characters`)
    .refine((value) => !UNSTORABLE.test(value), 'must not contain NUL or lone surrogates');
}

export const orderId = z
  .string()
  .regex(ORDER_ID, 'must be 1 to 64 of A-Z a-z 0-9 _ -, beginning with a letter or a digit')
  .meta({ example: 'ord_1042', description: "The order's id, which the shop gives it." });

export const customerId = z
  .string()
  .regex(
    CUSTOMER_ID,
    'must be 1 to 128 of A-Z a-z 0-9 _ . : | -, beginning with a letter or a digit; no e-mail address',
  )
  .meta({ example: 'cus_7', description: "The customer's id, as the shop has it." });

/** An id that a gateway or this API gave out. */
export const visibleId = z.string().regex(VISIBLE, 'must be 1 to 255 visible ASCII characters');

/** Says what is wrong with a number before it says in which form numbers are sent. */
const notWhole = (unit: string) => ({
  error: ({ input }: { input?: unknown }): string => {
    if (input === undefined) return `is missing: send a whole number${unit}`;
    if (typeof input !== 'number') return `must be a whole number${unit}, written without quotes`;
    if (Number.isInteger(input)) return `must be at most ${Number.MAX_SAFE_INTEGER}`;
    return `must be a whole number${unit}, without a decimal point`;
  },
});

const wholeNumber = z
  .int(notWhole(' of minor units, such as 4999 for 49.99 INR'))
  .refine((value) => !Object.is(value, -0), 'must not be -0');

const RANGE = `must be 1 to ${MAX_AMOUNT_MINOR} minor units`;

const MINOR_UNITS = 'Minor units of the currency, as many digits as ISO 4217 gives it.';

/** The amount of an order. What its gateway takes of the currency is checked when the order is created. */
export const orderAmount = wholeNumber
  .refine((value) => value >= 0, 'must not be negative')
  .refine(
    (value) => value === 0 || isInRange(value),
    breaks('amount_out_of_range', `must be 0 to ${MAX_AMOUNT_MINOR} minor units`),
  )
  .meta({
    minimum: 0,
    maximum: MAX_AMOUNT_MINOR,
    description: `${MINOR_UNITS} An order over 0 is paid at once, and no gateway is asked.`,
  });

/** A price or a discount. */
export const nonNegativeAmount = wholeNumber
  .refine((value) => value >= 0, 'must not be negative')
  .refine((value) => value <= MAX_AMOUNT_MINOR, `must be at most ${MAX_AMOUNT_MINOR} minor units`)
  .meta({ minimum: 0, maximum: MAX_AMOUNT_MINOR, description: MINOR_UNITS });

/** A part of an order's money: a refund, a payment by hand. */
export const partAmount = wholeNumber
  .refine(isInRange, breaks('amount_out_of_range', RANGE))
  .meta({ minimum: 1, maximum: MAX_AMOUNT_MINOR, description: MINOR_UNITS });

function isInRange(value: number): boolean {
  return value >= 1 && value <= MAX_AMOUNT_MINOR;
}

export const currency = z
  .string()
  .refine(
    (value) => KNOWN_CURRENCIES.has(value),
    breaks(
      'currency_unsupported',
      'must be the upper-case ISO 4217 code, such as INR, of a currency in use',
    ),
  )
  .meta({
    example: 'INR',
    description: 'ISO 4217. New orders are refused in a currency that is withdrawn.',
    pattern: '^[A-Z]{3}$',
  });

export const positiveInteger = z.int(notWhole('')).min(1, 'must be at least 1');

/** What somebody who has looked at an order decides on it. */
export const seenVersion = {
  orderVersion: positiveInteger.optional().meta({
    description:
      'The version of the order that this was decided on: at another one nothing is done, and the answer is 409 `order_changed`.',
  }),
};

/** As a command has it. */
export function decidedOn({ orderVersion }: { orderVersion?: number | undefined }): {
  orderVersion?: number;
} {
  return orderVersion === undefined ? {} : { orderVersion };
}

export const orderPath = z.strictObject({ id: orderId });
