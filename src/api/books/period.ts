/** A month or a day, as every endpoint of the books takes it. */
import { z } from 'zod';

const PERIOD = /^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/;

export const period = z
  .string()
  .regex(PERIOD, 'must be a month such as 2026-01 or a day such as 2026-01-31')
  .refine((text) => isDay(text.length === 7 ? `${text}-01` : text), 'must be in the calendar')
  .meta({ example: '2026-01', description: 'A month or a day.' });

function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Both days included. */
export function daysOf(text: string): { from: string; to: string } {
  if (text.length > 7) return { from: text, to: text };
  const [year = 0, month = 0] = text.split('-').map(Number);
  const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  return { from: `${text}-01`, to: last };
}
