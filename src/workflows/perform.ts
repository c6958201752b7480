/**
 * From effect to activity, as the policies beside the activities say. Whatever comes of it returns as an event;
 * nothing here throws into the order.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  scheduleActivity,
} from '@temporalio/workflow';
import type { EffectDone, EffectRequest } from '../activities/business-effect.ts';
import type { Activities } from '../activities/index.ts';
import {
  activityOf,
  GATEWAY_CALL,
  roundAfter,
  TRY_MS,
  takesWholeOrder,
} from '../activities/policies.ts';
import {
  type Answer,
  type BusinessEffect,
  type BusinessEffectName,
  type Effect,
  type GatewayCall,
  isBusinessEffect,
} from '../domain/effects/effects.ts';
import type { EffectResult, Refusal } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { briefOf, viewOf } from '../domain/view.ts';
import { moneyText } from '../money/text.ts';

const gateway = proxyActivities<Activities>(GATEWAY_CALL);

/** What is known of an effect that has failed for a whole round of tries. */
export interface FailingEffect {
  /** When it was first tried in the background, in epoch milliseconds. */
  since: number;
  tries: number;
  /** Of the last try. */
  error: string;
  /** By when it is tried again, in epoch milliseconds, and from then on every minute. */
  nextTryAt: number;
}

/** In characters: it is carried in the ledger. */
const MAX_REASON_LENGTH = 200;

/**
 * Runs an effect by an activity, to its end.
 *
 * @param onFailing called after each round of tries that has failed; gateway calls have none
 */
export async function perform(
  effect: Effect,
  ledger: Ledger,
  onFailing: (failing: FailingEffect) => void,
): Promise<EffectResult> {
  const { key } = effect;
  const since = Date.now();
  for (let tries = 0; ; ) {
    const round = roundAfter(tries);
    try {
      if (!isBusinessEffect(effect))
        return { key, type: 'effect.answered', attempts: 1, answer: await askFor(effect, ledger) };
      const done = await scheduleActivity<unknown>(...activityFor(effect, ledger, tries), {
        ...round,
        summary: key,
      });
      return { key, type: 'effect.answered', attempts: attemptsIn(done), answer: null };
    } catch (error) {
      if (!isBusinessEffect(effect) || !isOutOfTries(error)) return failureOf(key, error);
      tries += round.retry.maximumAttempts;
      const nextTryAt = Date.now() + TRY_MS;
      onFailing({ since, tries, error: reasonIn(error.cause), nextTryAt });
    }
  }
}

function isOutOfTries(error: unknown): error is ActivityFailure {
  return error instanceof ActivityFailure && error.retryState === 'MAXIMUM_ATTEMPTS_REACHED';
}

function reasonIn(cause: Error | undefined): string {
  return cause === undefined ? 'no answer' : cause.message.slice(0, MAX_REASON_LENGTH);
}

/**
 * An activity can be completed by hand in Temporal, with any result. What is not an answer to this call is none, and
 * the gateway is asked again on schedule.
 */
async function askFor(effect: GatewayCall, ledger: Ledger): Promise<Answer | null> {
  const answer: Partial<Answer> | null = await ask(effect, ledger);
  return answer?.to === effect.effect ? (answer as Answer) : null;
}

function attemptsIn(done: unknown): number {
  const { attempts } = (done ?? {}) as Partial<EffectDone>;
  return Number.isSafeInteger(attempts) ? Number(attempts) : 1;
}

function activityFor(
  command: BusinessEffect,
  ledger: Ledger,
  triesBefore: number,
): [string, [EffectRequest<BusinessEffectName>]] {
  const request = requestFor(command, ledger);
  return [activityOf(command.effect), [triesBefore === 0 ? request : { ...request, triesBefore }]];
}

function requestFor(command: BusinessEffect, ledger: Ledger): EffectRequest<BusinessEffectName> {
  return { order: takesWholeOrder(command.effect) ? viewOf(ledger) : briefOf(ledger), command };
}

function failureOf(key: string, error: unknown): EffectResult {
  const refusal = refusalIn(error);
  if (refusal !== null) return { key, type: 'effect.refused', attempts: 1, ...refusal };
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const isMisconfigured =
    cause instanceof ApplicationFailure && cause.type === 'GatewayMisconfigured';
  return {
    key,
    type: 'effect.unanswered',
    attempts: 1,
    reason: reasonIn(cause),
    ...(isMisconfigured ? { code: 'gateway_misconfigured' as const } : {}),
  };
}

/** A definite no; null for everything that may work the next time. */
function refusalIn(error: unknown): Refusal | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.nonRetryable !== true) return null;
  const [code, ...kinds] = cause.details ?? [];
  return {
    code: String(code ?? cause.type ?? 'refused'),
    ...(kinds.includes('unpayable') ? { isUnpayable: true as const } : {}),
    ...(kinds.includes('gone') ? { isGone: true as const } : {}),
    ...(kinds.includes('outdated') ? { isOutdated: true as const } : {}),
    ...(kinds.includes('undelivered') ? { isUndelivered: true as const } : {}),
  };
}

function orderOf({ terms: { orderId, gateway, currency } }: Ledger) {
  return { orderId, gateway, currency };
}

function ask(command: GatewayCall, ledger: Ledger): Promise<Answer> {
  const request = orderOf(ledger);
  switch (command.effect) {
    case 'create_payment': {
      const summary = `open payment attempt ${command.attempt}: ${moneyText(command.amountMinor, request.currency)}`;
      return gateway.createPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'fetch_payments': {
      const summary = 'ask the gateway what it knows';
      return gateway.fetchPayments.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'capture_payment': {
      const summary = `capture ${moneyText(command.amountMinor, request.currency)} of ${command.paymentId}`;
      return gateway.capturePayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'void_payment': {
      const summary = `void ${command.paymentId}`;
      return gateway.voidPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'refund_payment': {
      const summary = `refund ${moneyText(command.amountMinor, command.currency)} of ${command.paymentId}`;
      return gateway.refundPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
  }
}
