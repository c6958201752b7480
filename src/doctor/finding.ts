/** What the doctor says of one thing that it has looked at. */
export type Finding = {
  area: 'settings' | 'database' | 'temporal' | 'gateways' | 'sign-in' | 'clock';
  /** `warning` works today; with a `problem` Payonce does not start, or does not serve. */
  verdict: 'ok' | 'warning' | 'problem';
  /** What was found and, unless all is well, what to do. */
  text: string;
};

type Say = (text: string) => Finding;

/** How the findings of one area are made. */
export function findingsOf(area: Finding['area']): Record<Finding['verdict'], Say> {
  const make =
    (verdict: Finding['verdict']): Say =>
    (text) => ({ area, verdict, text });
  return { ok: make('ok'), warning: make('warning'), problem: make('problem') };
}

/** The message of an error and, where it wraps others, of the first that says more than nothing. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
