/** One thing that a gateway has to get right, and on what it depends. */
import assert from 'node:assert/strict';
import type { GatewayCapabilities } from '../gateways/capabilities.ts';
import { gatewayPaymentSchema } from '../gateways/schemas.ts';
import type { Ability } from './actor.ts';
import type { Workbench } from './workbench.ts';

export interface Check {
  group: string;
  /** The outcome, in a shop's words. */
  title: string;
  /** What has to be able to happen at the gateway. */
  needs?: readonly Ability[];
  /** Why a gateway with these capabilities has no part in it; null for one that has. */
  unless?: (capabilities: GatewayCapabilities) => string | null;
  /** @throws AssertionError, or whatever the gateway has thrown against its interface */
  run(bench: Workbench): Promise<void>;
}

/** Thrown by a check that finds out only while it runs that the gateway has no part in it; the message says why. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
}

/** Why a check is not run with this gateway; null for one that is. */
export function reasonToSkip(
  { needs = [], unless = () => null }: Check,
  { standIn, package: { capabilities } }: Workbench,
): string | null {
  const cannot = needs.find((ability) => standIn.cannot[ability] !== undefined);
  if (cannot !== undefined) return standIn.cannot[cannot] ?? null;
  return unless(capabilities);
}

export const unlessReadBack = ({ truth }: GatewayCapabilities): string | null =>
  truth === 'read_back' ? null : 'its payments cannot be fetched';

type Call = { orderId: string; paymentId: string; idempotencyKey: string };

/** Captures, whether that is answered at once or reported by webhook. */
export async function capture(
  { gateway, reported }: Workbench,
  { orderId, ...request }: Call & { amountMinor: number },
): Promise<void> {
  const answer = await gateway.capturePayment(request);
  if (answer === null) return void (await reported(orderId, request.paymentId, 'payment.captured'));
  gatewayPaymentSchema.parse(answer);
  assert.equal(answer.status, 'captured');
}

/** Voids, in the same way. */
export async function isVoided(
  { gateway, reported }: Workbench,
  { orderId, ...request }: Call,
): Promise<void> {
  const answer = await gateway.voidPayment(request);
  if (answer === null) return void (await reported(orderId, request.paymentId, 'payment.voided'));
  assert.equal(answer.status, 'voided');
}
