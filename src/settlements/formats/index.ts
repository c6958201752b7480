/** Every format that is read. A gateway's next one is a file here and a line in this list. */
import type { CsvFormat, Format, JsonFormat } from './format.ts';
import { razorpayApi, razorpayDashboard } from './razorpay.ts';
import { stripeApi, stripeBalance, stripePayouts } from './stripe.ts';

const FORMATS: readonly Format[] = [
  stripeBalance,
  stripePayouts,
  stripeApi,
  razorpayDashboard,
  razorpayApi,
];

export const FORMAT_IDS: readonly string[] = FORMATS.map(({ id }) => id);

export const CSV_FORMATS: readonly CsvFormat[] = FORMATS.filter((one) => one.type === 'csv');
export const JSON_FORMATS: readonly JsonFormat[] = FORMATS.filter((one) => one.type === 'json');
