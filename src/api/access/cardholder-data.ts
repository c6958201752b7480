/**
 * Keeps card data out: what never comes in can neither be stored nor logged. Never says, and never
 * logs, what it found.
 */
import { hasCardNumber } from '../../logs/card-numbers.ts';
import { Problem } from '../problems/problem.ts';

/** Field names that only ever carry card data. */
const CARD_KEY =
  /^(card|card_?number|pan|number|cvc|cvv2?|exp_month|exp_year|track(_?[12]|_?data)?)$/i;
/** @throws Problem `cardholder_data_rejected` */
export function refuseCardholderData(value: unknown, pointer = ''): void {
  if (typeof value === 'string' && hasCardNumber(value)) throw rejection(pointer);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = `${pointer}/${key.slice(0, 64)}`;
    if (CARD_KEY.test(key)) throw rejection(at);
    if (hasCardNumber(key)) throw rejection(pointer);
    refuseCardholderData(inner, at);
  }
}

function rejection(pointer: string): Problem {
  const errors = [{ pointer, message: 'looks like card data; remove it' }];
  return new Problem('cardholder_data_rejected', { errors });
}
