/** All checks, one after the other, on one workbench. */
import type { GatewayPackage } from '../gateways/gateway-package.ts';
import type { OpenStandIn } from './actor.ts';
import { type Check, NotRun, reasonToSkip } from './check.ts';
import { AMOUNT_CHECKS } from './checks/amounts.ts';
import { LOST_ANSWER_CHECKS } from './checks/lost-answers.ts';
import { MONEY_BACK_CHECKS } from './checks/money-back.ts';
import { PAYMENT_CHECKS } from './checks/payments.ts';
import { STRANGER_CHECKS } from './checks/strangers.ts';
import { WEBHOOK_CHECKS } from './checks/webhooks.ts';
import { openWorkbench } from './workbench.ts';

export const CHECKS: readonly Check[] = [
  ...PAYMENT_CHECKS,
  ...MONEY_BACK_CHECKS,
  ...AMOUNT_CHECKS,
  ...LOST_ANSWER_CHECKS,
  ...WEBHOOK_CHECKS,
  ...STRANGER_CHECKS,
];

export type Result = Pick<Check, 'group' | 'title'> &
  (
    | { status: 'passed' }
    | { status: 'failed'; error: unknown }
    /** It was not run, and why. */
    | { status: 'skipped'; reason: string }
  );

/** Calls back after each check. */
export async function runSuite(
  given: GatewayPackage,
  openStandIn: OpenStandIn,
  onResult: (result: Result) => void = () => {},
): Promise<readonly Result[]> {
  const bench = await openWorkbench(given, openStandIn);
  const results: Result[] = [];
  try {
    for (const check of CHECKS) {
      const { group, title } = check;
      const reason = reasonToSkip(check, bench);
      const result: Result =
        reason === null
          ? { group, title, ...(await outcomeOf(check.run(bench))) }
          : { group, title, status: 'skipped', reason };
      results.push(result);
      onResult(result);
    }
  } finally {
    await bench.close();
  }
  return results;
}

async function outcomeOf(run: Promise<void>) {
  try {
    await run;
    return { status: 'passed' as const };
  } catch (error) {
    if (error instanceof NotRun) return { status: 'skipped' as const, reason: error.message };
    return { status: 'failed' as const, error };
  }
}
