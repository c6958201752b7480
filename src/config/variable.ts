/**
 * What is declared of a variable, once: its format, its default, who reads it, whether it is a secret, what it
 * needs, what production asks of it, and its line in the documents.
 */
import { z } from 'zod';

/**
 * The programs, and the parts of them, that read variables of their own. `stack` is `npm start` and what
 * looks for its data directory.
 */
export type Reader =
  | 'stack'
  | 'api'
  | 'worker'
  | 'migrate'
  | 'sandbox'
  | 'gateways'
  | 'codec server'
  | 'command line'
  | 'Temporal'
  | 'worker deployment'
  | 'OpenTelemetry';

/** The variables of Payonce itself are checked by all of its processes, so that one mistake is found by any. */
export const PAYONCE = ['stack', 'api', 'worker', 'migrate'] as const;

/** What an API or a worker asks of a variable where NODE_ENV is production. */
export type InProduction = {
  /** Why it has to be set; completes "in production". */
  needed?: string;
  /** Why it may not be set; completes "in production". */
  refused?: string;
  /** The only address that is accepted; any other is for tests. */
  only?: string;
};

export type About = {
  /** For the documents: a part of a sentence. */
  meaning: string;
  /** As it would be written in the environment. */
  default?: string;
  /** What stands in for a default, for the documents. */
  absent?: string;
  /** Absent: the processes of Payonce. */
  readBy?: readonly Reader[];
  requiredBy?: readonly Reader[];
  /** Completes "set it to", where it is missing. */
  setTo?: string;
  /**
   * `random` is a list of texts that a machine has made, each perhaps after a name and a colon; `address` may
   * hold a password or a token. Either may lie in a file, and is never shown.
   */
  secret?: 'random' | 'address';
  /** The fields of an entry that are no secret. */
  shown?: readonly string[];
  /** What must be set as well once this is. */
  needs?: readonly string[];
  /** Of several such variables, production asks for one. */
  isGateway?: true;
  inProduction?: InProduction;
};

/** One variable; `schema` reads its text, or its absence. */
export type Variable<T, Read extends Reader, Required extends Reader> = {
  schema: z.ZodType<T>;
  about: About;
  readers?: Read;
  required?: Required;
};

export type Variables = Readonly<Record<string, Variable<unknown, Reader, Reader>>>;

type Readers<A extends About> = A['readBy'] extends readonly Reader[]
  ? A['readBy'][number]
  : (typeof PAYONCE)[number];
type RequiredBy<A extends About> = A['requiredBy'] extends readonly Reader[]
  ? A['requiredBy'][number]
  : never;
type Value<T, A extends About> = A['default'] extends string ? T : T | undefined;

export function variable<T, const A extends About>(
  format: z.ZodType<T, string>,
  about: A,
): Variable<Value<T, A>, Readers<A>, RequiredBy<A>> {
  const schema = about.default === undefined ? format.optional() : format.prefault(about.default);
  return { schema: schema as z.ZodType<Value<T, A>>, about };
}

/** The values of one reader's variables; what it requires is there. */
export type Values<All extends Variables, R extends Reader> = {
  [N in keyof All as R extends NonNullable<All[N]['readers']> ? N : never]: All[N] extends Variable<
    infer T,
    Reader,
    infer Required
  >
    ? R extends Required
      ? NonNullable<T>
      : T
    : never;
};

export const text = z.string();

export function oneOf<const T extends string>(choices: readonly T[]): z.ZodType<T, string> {
  return z.enum(choices, { error: `must be one of ${choices.join(', ')}` }) as unknown as z.ZodType<
    T,
    string
  >;
}
