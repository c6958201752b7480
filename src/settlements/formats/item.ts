/** One item of a list as an API of a gateway answers it. */
import type { z } from 'zod';
import { ReportError } from '../line.ts';

/** @throws ReportError that names the first field that is not as documented; it does not repeat its value. */
export function itemOf<Item>(
  schema: z.ZodType<Item>,
  item: unknown,
  { line, list }: { line: number; list: string },
): Item {
  const { data, error } = schema.safeParse(item);
  if (data !== undefined) return data;
  const column = String(error?.issues[0]?.path[0] ?? list);
  throw new ReportError(line, column, 'is missing or of another type');
}
