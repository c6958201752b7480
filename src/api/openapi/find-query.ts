/** What orders are found by. All that is given has to be true of an order. */
import { z } from 'zod';
import { ORDER_STATES } from '../../domain/order.ts';
import { REVIEW_REASONS } from '../../domain/reviews/reasons.ts';
import { MAX_AMOUNT_MINOR } from '../../money/amounts.ts';
import { CURRENCIES } from '../../money/currencies.ts';
import { customerId, text, visibleId } from '../http/request-schemas.ts';
import { pageQuery } from './page-query.ts';

const MAX_EMAIL_LENGTH = 320;
const MAX_GATEWAY_LENGTH = 32;
/** The number alone; as many digits as a number of JavaScript holds exactly. */
const BARE_NUMBER = /^\d{1,15}$/;
const PRINTED_NUMBER = /^[A-Za-z0-9/-]{0,39}\d$/;
const LAST_MS_OF_DAY = 86_400_000 - 1;
/** PostgreSQL reads no year that JavaScript writes with a sign. */
const TIMES = { first: 0, last: Date.UTC(10_000, 0) - 1 };

/** In a query a plus sign that is not escaped is a space. */
const PLUS = 'write + as %2B';

const EMAIL_RULE = `must be an e-mail address; ${PLUS}`;

const RANGE = `must be 0 to ${MAX_AMOUNT_MINOR} minor units, in digits alone`;

const currencyCodes: ReadonlySet<string> = new Set(CURRENCIES);

/** @param ofDay added to a day, which begins at midnight UTC */
function time(ofDay: number) {
  return z
    .union(
      [z.iso.date(), z.iso.datetime({ offset: true })],
      `must be a day such as 2026-01-31, or a time such as 2026-01-31T10:00:00Z; ${PLUS}`,
    )
    .transform((value) => new Date(Date.parse(value) + (value.includes('T') ? 0 : ofDay)))
    .refine(
      (at) => at.getTime() >= TIMES.first && at.getTime() <= TIMES.last,
      'must be in the years 1970 to 9999',
    );
}

const filters = {
  paymentId: visibleId.optional().meta({ description: "The gateway's id of a payment." }),
  refundId: visibleId
    .optional()
    .meta({ description: "A refund's id, the gateway's or the one that this API gave it." }),
  customer: customerId.optional().meta({ description: "The customer's id, as the shop has it." }),
  email: z
    .email(EMAIL_RULE)
    .max(MAX_EMAIL_LENGTH, `must have at most ${MAX_EMAIL_LENGTH} characters`)
    .transform((address) => address.toLowerCase())
    .optional()
    .meta({ description: 'The whole address, in whatever case.' }),
  createdFrom: time(0)
    .optional()
    .meta({ description: 'Created then or later. A day begins at midnight UTC.' }),
  createdTo: time(LAST_MS_OF_DAY)
    .optional()
    .meta({ description: 'Created then or earlier. A day is meant to its end, in UTC.' }),
  gateway: text(MAX_GATEWAY_LENGTH).optional(),
  currency: z
    .string()
    .refine((code) => currencyCodes.has(code), 'must be an upper-case ISO 4217 code such as INR')
    .optional(),
  amount: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,14})$/, RANGE)
    .transform(Number)
    .refine((amount) => amount <= MAX_AMOUNT_MINOR, RANGE)
    .optional()
    .meta({ description: "Of the order, in minor units of the order's currency." }),
  state: z
    .enum(ORDER_STATES, `must be one of ${ORDER_STATES.join(', ')}`)
    .optional()
    .meta({ description: 'Only orders in this state.' }),
  needsReview: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((needed) => needed === 'true')
    .optional()
    .meta({ description: 'Whether a review is open, or an effect was refused for good.' }),
  reviewReason: z
    .enum(REVIEW_REASONS, `must be one of ${REVIEW_REASONS.join(', ')}`)
    .optional()
    .meta({ description: 'Of a review that is open.' }),
  invoiceNumber: z
    .string()
    .regex(PRINTED_NUMBER, 'must be the number of an invoice, such as INV-000042 or 42')
    .transform((text) => (BARE_NUMBER.test(text) ? Number(text) : text))
    .optional()
    .meta({ description: 'As it is printed, or the number alone.' }),
};

const IN_ORDER = {
  path: ['createdTo'],
  message: 'must not be before createdFrom',
};

interface Days {
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
}

function areInOrder({ createdFrom, createdTo }: Days): boolean {
  return createdFrom === undefined || createdTo === undefined || createdFrom <= createdTo;
}

export const findQuery = z.strictObject({ ...filters, ...pageQuery }).refine(areInOrder, IN_ORDER);

/** The same without a page. */
export const countQuery = z.strictObject(filters).refine(areInOrder, IN_ORDER);
