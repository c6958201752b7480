/**
 * The failures of real payment systems that must not happen here, by number, and where each is told. A
 * story is told by every test whose title, or whose suite's title, names its number; it is told at a
 * gateway where that is named too.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Ability, GatewayUnderTest } from '../support/gateway-driver.ts';
import { GATEWAYS } from '../support/gateways.ts';
import { LEFT_OUT, WITHOUT_GATEWAY } from '../support/skipped-scenarios.ts';

const TESTS = new URL('../', import.meta.url);

const STORIES: Record<string, string> = {
  T01: 'one event, processed twice',
  T02: 'webhook and verify in either order',
  T03: 'a repeat after everything is settled',
  T04: 'a webhook that meets any later state',
  T05: 'a thousand events, three times each',
  T06: 'a refund counted again from its own webhook',
  T07: 'a refund subtracted again on replay',
  T08: 'repeats that show as failed runs',
  T09: 'verify and webhook in the same instant',
  T10: 'the webhook before the pay click has returned',
  T11: 'failed after paid, or of an attempt that another one has followed',
  T12: 'paid after failed, ignored',
  T13: 'an old answer over a newer state',
  T14: 'events in the order of nothing at all',
  T15: 'a dispute that closes before its capture is known',
  T16: 'a refund before its capture',
  T17: 'captured days after it failed',
  T18: 'pending at the bank, failed by our clock',
  T19: 'an authorization sent back, a second payment',
  T20: 'the one webhook that matters, lost',
  T21: 'paid after it was cancelled',
  T22: 'cancel and capture at once',
  T23: 'a refused cancellation taken for one',
  T24: 'a late word about a payment that another one has followed',
  T25: 'two attempts at once',
  T26: 'done, and the answer lost',
  T27: 'still working on the first call under the key',
  T28: 'a key that the gateway has forgotten',
  T29: 'a crash between the effect and its acknowledgement',
  T30: 'seen, and never applied',
  T31: 'a webhook for an order that does not exist',
  T32: 'acknowledged, and not yet durable',
  T33: 'no webhook at all',
  T34: 'paid with a wrong amount, or in a wrong currency',
  T35: 'too much, or in parts',
  T36: 'currencies without cents, and with more of them',
  T37: 'captured for more than was asked',
  T38: 'a refund of the wrong payment',
  T39: 'a refund that fails',
  T40: 'two equal refunds',
  T41: 'two refunds of more than there is',
  T42: 'disputes: opened, won, lost',
  T43: 'a signature checked over other bytes',
  T44: "another order's payment",
  T45: 'two secrets, clocks that differ, odd signatures',
  T46: 'closed, and never existed',
  T47: 'a signal for an order that has just closed',
  T48: 'a signal before the first step',
  T49: 'two deliveries of one event in two runs',
  T50: 'code, ids and keys that do not fit what is stored',
  T51: 'old histories under new code',
};

const NUMBER = /\bT\d{2}\b/g;

/** Full titles of all tests in files that name a story, as Mocha makes them without running one. */
async function titlesOfStories(): Promise<string[]> {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => fileURLToPath(new URL(file, TESTS)))
    .filter((file) => isOfStories(readFileSync(file, 'utf8')));
  const { stdout } = await execa('mocha', ['--dry-run', '--reporter', 'json', ...files], {
    preferLocal: true,
  });
  const { tests } = JSON.parse(stdout) as { tests: { fullTitle: string }[] };
  return tests.map(({ fullTitle }) => fullTitle);
}

/** It names one, or is told at each gateway. */
function isOfStories(text: string): boolean {
  return text.search(NUMBER) >= 0 || text.includes('atEachGateway(');
}

describe('the stories of failure', function () {
  this.timeout(120_000);
  let titles: string[] = [];

  before(async () => {
    titles = await titlesOfStories();
  });

  const tellOf = (number: string): string[] => titles.filter((title) => title.includes(number));
  const isAt = (title: string, gateway: string): boolean =>
    title.toLowerCase().split(/\W+/).includes(gateway);
  const reasonAt = (gateway: GatewayUnderTest, deed: Ability) => gateway.cannot[deed];

  for (const [number, story] of Object.entries(STORIES)) {
    const reason = WITHOUT_GATEWAY[number];
    const where = reason === undefined ? 'at each gateway' : `at no gateway, as ${reason}`;
    it(`are told ${where}: ${story} (${number.slice(1)})`, () => {
      assert.notDeepEqual(tellOf(number), [], `name ${number} in the title of what tells it`);
      if (reason !== undefined) return;
      const untold = GATEWAYS.filter(({ name }) => !tellOf(number).some((t) => isAt(t, name)));
      const leftOut = Object.entries(LEFT_OUT).filter(([title]) => title.includes(number));
      for (const gateway of untold)
        assert.ok(
          leftOut.some(([, deed]) => reasonAt(gateway, deed) !== undefined),
          `tell ${number} at ${gateway.name}, or give a reason in skipped-scenarios.ts`,
        );
    });
  }

  for (const [title, deed] of Object.entries(LEFT_OUT))
    for (const gateway of GATEWAYS) {
      const reason = reasonAt(gateway, deed);
      if (reason === undefined) continue;
      it(`leave out at ${gateway.name}, as ${reason}: ${title}`, () => {
        const told = titles.filter((full) => full.includes(title));
        const names = GATEWAYS.map(({ name }) => name).filter((name) =>
          told.some((full) => full.endsWith(`, at ${name}`)),
        );
        const able = GATEWAYS.filter((other) => reasonAt(other, deed) === undefined);
        assert.deepEqual(
          names,
          able.map(({ name }) => name),
        );
      });
    }

  it('have no number that stands for none', () => {
    const numbers = new Set(titles.flatMap((title) => title.match(NUMBER) ?? []));
    const unknown = [...numbers, ...Object.keys(WITHOUT_GATEWAY)].filter((n) => !(n in STORIES));
    assert.deepEqual(unknown, []);
  });
});
