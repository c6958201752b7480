/**
 * A deep copy of plain JSON, some times faster than a turn through text. A key that names a prototype,
 * as a gateway's id may, is copied as any other.
 */
export function copyOf<Json>(value: Json): Json;
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item));
  const copy: Record<string, unknown> = { ...value };
  for (const key of Object.keys(copy)) {
    const part = copy[key];
    if (typeof part === 'object') copy[key] = copyOf(part);
  }
  return copy;
}
