/** The page of the settings, beside the variables that are read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { variables } from '../../src/config/variables.ts';

/** For tests and stand-ins: nobody who runs Payonce sets them. */
const OF_TESTS = ['NODE_ENV', 'STRIPE_API_BASE', 'RAZORPAY_API_BASE'];

describe('docs/settings.md', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/settings.md'), 'utf8');
  for (const name of Object.keys(variables.shape).filter(
    (variable) => !OF_TESTS.includes(variable),
  ))
    it(`explains ${name}`, () => {
      assert.ok(page.includes(`\`${name}\``), `add ${name} to the table`);
    });
});
