/** Turns what a schema finds wrong into a problem that names every place and rule, and no value. */
import type { z } from 'zod';
import { type FieldError, Problem } from './problem.ts';
import { isProblemCode, type ProblemCode } from './problem-table.ts';

/** More than a person corrects at once; a body of nonsense would fill the answer. */
const MAX_ERRORS = 20;

/** @throws Problem with `code`, or with the code that a broken rule names itself. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: ProblemCode,
): z.infer<S> {
  const result = schema.safeParse(value, { error: plainMessage });
  if (result.success) return result.data;
  const { issues } = result.error;
  const errors = firstOfEach(issues.flatMap(fieldErrors)).slice(0, MAX_ERRORS);
  throw new Problem(codeOf(issues) ?? code, { errors });
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

/** What a schema says of a value of another type where it has no words of its own. */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  const kind = KINDS[issue.expected] ?? issue.expected;
  return issue.input === undefined ? `is missing: send ${kind}` : `must be ${kind}`;
}

/** A rule's own code counts only when nothing else is wrong: first make it valid, then plausible. */
function codeOf(issues: z.core.$ZodIssue[]): ProblemCode | null {
  const codes = issues.map((issue) => {
    const own = issue.code === 'custom' ? issue.params?.code : undefined;
    return typeof own === 'string' && isProblemCode(own) ? own : null;
  });
  return codes.includes(null) ? null : (codes[0] ?? null);
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = pointerTo(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ pointer, message: issue.message }];
  return issue.keys.map((key) => ({
    pointer: `${pointer}${pointerTo([key.slice(0, 64)])}`,
    message: 'is not known here; remove it',
  }));
}

/** One rule a place: the first one broken says the most. */
function firstOfEach(errors: FieldError[]): FieldError[] {
  const pointers = errors.map(({ pointer }) => pointer);
  return errors.filter(({ pointer }, index) => pointers.indexOf(pointer) === index);
}

function pointerTo(path: PropertyKey[]): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
