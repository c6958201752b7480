#!/usr/bin/env node
/**
 * `payonce-gateway-test ./acme.js`: runs the conformance suite with a gateway package and its stand-in, and says what
 * passed, what failed, and what was not run and why.
 */
import '../process/oldest-node.ts';

import { importModule, loadPackage } from '../gateways/load-packages.ts';
import type { OpenStandIn } from './actor.ts';
import { type Result, runSuite } from './suite.ts';

const USAGE = `Usage: payonce-gateway-test PACKAGE [STAND_IN]

PACKAGE   a gateway package, or a file such as ./acme.js
STAND_IN  the module that exports openStandIn; the package itself where it is not given`;

/** @returns the exit code: 0 where nothing failed, 1 where something did, 2 where nothing could be run */
async function main([name, standInName = name]: readonly string[]): Promise<number> {
  if (name === undefined || standInName === undefined || name.startsWith('--')) {
    console.error(USAGE);
    return 2;
  }
  const [given, module] = [await loadPackage(name), await importModule(standInName)];
  if ('problem' in given) return refuse(`${name}, ${given.problem}`);
  if ('problem' in module) return refuse(`${standInName}, ${module.problem}`);
  const { openStandIn } = module.exports;
  if (typeof openStandIn !== 'function')
    return refuse(
      `${standInName} exports no openStandIn: export the function that opens a stand-in`,
    );
  const results = await runSuite(given, openStandIn as OpenStandIn, print);
  const count = (status: Result['status']): number =>
    results.filter((result) => result.status === status).length;
  console.log(
    `\n${given.title}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} not run`,
  );
  return count('failed') === 0 ? 0 : 1;
}

function print(result: Result): void {
  const what = `${result.group}: ${result.title}`;
  if (result.status === 'passed') console.log(`passed   ${what}`);
  if (result.status === 'skipped') console.log(`not run  ${what}\n         ${result.reason}`);
  if (result.status === 'failed')
    console.log(`FAILED   ${what}\n         ${linesOf(result.error)}`);
}

function linesOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll('\n', '\n         ');
}

function refuse(line: string): number {
  console.error(line);
  return 2;
}

process.exit(await main(process.argv.slice(2)));
