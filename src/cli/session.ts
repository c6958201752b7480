/** What every command works with: the API, and where its answer goes. */
import type { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { Refusal } from './refusal.ts';

export interface Session {
  api: ApiClient;
  /** The answer as text for people, or as the API gave it for scripts. */
  print<T>(body: unknown, schema: z.ZodType<T>, textOf: (value: T) => string): void;
  /** A text as it is, without a line break of ours. */
  write(text: string): void;
  /** How far something long has come, where a person watches. */
  progress(text: string): void;
}

/** @param out takes one text with one or more lines, without the last line break */
export function createSession(
  api: ApiClient,
  {
    asJson,
    out,
    write = out,
    progress = () => {},
  }: {
    asJson: boolean;
    out: (text: string) => void;
    write?: ((text: string) => void) | undefined;
    progress?: ((text: string) => void) | undefined;
  },
): Session {
  return {
    api,
    write,
    progress,
    print: (body, schema, textOf) => {
      if (asJson) return out(JSON.stringify(body, null, 2));
      const { data } = schema.safeParse(body);
      if (data === undefined)
        throw new Refusal(
          'The API answered in a form that this command does not know: use the command of the same release, or --json.',
        );
      out(textOf(data));
    },
  };
}
