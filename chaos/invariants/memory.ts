/** Memory: no process of ours keeps what it no longer needs, over minutes and over hours. */
import { growths } from '../memory-growth.ts';
import { type Invariant, wrong } from './remains.ts';

/** What may be larger at the end of a life than while it warmed up. */
const MAX_RATIO = 1.25;
/** Of a life that lasted long enough for a line. */
const MAX_MIB_PER_MINUTE = 1;
/** Temporal's development server keeps every order of the run in its cache, and is nobody's production. */
const OURS = /^(api|worker|sandbox)/;

export const memoryStays: Invariant = {
  name: 'I14 no process grows without end',
  check: ({ evidence: { memory } }) =>
    growths(memory)
      .filter(({ name }) => OURS.test(name))
      .flatMap(({ name, pid, warmMib, endMib, ratio, mibPerMinute }) => {
        const subject = `${name} (pid ${pid})`;
        if (mibPerMinute !== null && mibPerMinute >= MAX_MIB_PER_MINUTE)
          return [wrong(subject, `grows by ${mibPerMinute} MiB a minute`)];
        if (mibPerMinute !== null || ratio <= MAX_RATIO) return [];
        return [wrong(subject, `has grown from ${warmMib} to ${endMib} MiB`)];
      }),
};
