/** What `applyRow` refuses before it runs: `npm run check` fails when one of these slips compiles. */
import assert from 'node:assert/strict';
import { applyRow } from '../../src/domain/apply-row.ts';
import type { Context } from '../../src/domain/context.ts';
import { askGateway } from '../../src/domain/schedule/gateway-sync.ts';

const SLIPS: Record<string, (context: Context) => unknown> = {
  'a row that is not in the table': (context) =>
    // @ts-expect-error: it is called poll.reached
    applyRow(context, 'poll.reachd', { cause: 'poll' }),
  'a row without the effects that its cells name': (context) =>
    // @ts-expect-error: its cells start a sync
    applyRow(context, 'poll.reached', { cause: 'poll' }),
  'another effect than the one that its cells name': (context) =>
    applyRow(context, 'poll.reached', {
      cause: 'poll',
      // @ts-expect-error: its cells start a sync
      effects: { void: askGateway },
    }),
  'an effect that no row carries out': (context) =>
    // @ts-expect-error: only applyRow has a starter to give
    askGateway(context),
};

describe('a row of the decision table', () => {
  for (const [slip, compiles] of Object.entries(SLIPS))
    it(`does not compile with ${slip}`, () => assert.equal(typeof compiles, 'function'));
});
