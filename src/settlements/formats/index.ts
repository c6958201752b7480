/** Every format that is read. A gateway's next one is a file here and a line in this list. */
import { adyenSettlement } from './adyen.ts';
import type { CsvFormat, Format, JsonFormat } from './format.ts';
import { razorpayApi, razorpayDashboard } from './razorpay.ts';
import { stripeApi, stripeBalance, stripePayouts } from './stripe.ts';

const FORMATS: readonly Format[] = [
  stripeBalance,
  stripePayouts,
  stripeApi,
  razorpayDashboard,
  razorpayApi,
  adyenSettlement,
];

export const FORMAT_IDS: readonly string[] = FORMATS.map(({ id }) => id);

export const CSV_FORMATS: readonly CsvFormat[] = FORMATS.filter((one) => one.type === 'csv');
export const JSON_FORMATS: readonly JsonFormat[] = FORMATS.filter((one) => one.type === 'json');

/** The format in which a gateway's API lists what it did on a day; undefined for a name that is none. */
export function apiFormat(id: string): JsonFormat | undefined {
  return JSON_FORMATS.find((format) => format.id === id);
}
