/** The fields of answers that checks compare; a body without them, or not of JSON, has none. */
export interface AnswerFields {
  id?: unknown;
  attempt?: unknown;
  amount?: unknown;
  currency?: unknown;
  createdAt?: unknown;
  refundId?: unknown;
  state?: unknown;
  version?: unknown;
}

export function fieldsOf(body = ''): AnswerFields {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
