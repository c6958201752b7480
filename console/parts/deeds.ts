/** What a person can do, as data: its name, what it will do in words, and what is asked for and sent. */

export interface Field {
  name: string;
  label: string;
  /** A text unless told. */
  kind?:
    | 'text'
    | 'words'
    | 'day'
    | 'time'
    | { oneOf: readonly string[] }
    | { minorUnitsOf: string };
  isRequired?: boolean;
  /** It stands in the path, as `:name`, and not in the body. */
  isInPath?: boolean;
  description?: string;
  initial?: string;
}

export interface Deed {
  name: string;
  /** What it will do, for the person who is about to do it. */
  consequence: string;
  path: string;
  fields?: readonly Field[];
  /** Sent beside the fields. */
  body?: object;
  color?: string;
}
