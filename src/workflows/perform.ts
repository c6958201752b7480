/**
 * From effect to activity: which one runs it, how long it may take, how often it is tried. Whatever
 * comes of it returns as an event; nothing here throws into the order.
 */
import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Answer, BusinessEffect, Effect, GatewayCall } from '../domain/effects.ts';
import { isBusinessEffect } from '../domain/effects.ts';
import type { EffectEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { viewOf } from '../domain/view.ts';

/**
 * A gateway is asked a few times close together, as most silences are short; after that the order
 * says "unknown" and asks again on its own schedule, under the same key.
 */
const gateway = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '40s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 4 },
});

/**
 * Our own effects are owed: they are tried until they succeed or are refused for good. A minute between
 * tries is often enough to notice recovery and seldom enough not to hinder it.
 */
const business = proxyActivities<Activities>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

type Result =
  | { type: 'effect.answered'; attempts: number; answer: Answer | null }
  | { type: 'effect.refused'; attempts: number; code: string }
  | { type: 'effect.unanswered'; attempts: number; reason: string };

/** Runs one effect to its end; `Date.now()` is Temporal's clock here. */
export async function perform(effect: Effect, ledger: Ledger): Promise<EffectEvent> {
  const result = await outcomeOf(effect, ledger);
  return { ...result, key: effect.key, id: effect.key, source: 'effect', at: Date.now() };
}

async function outcomeOf(effect: Effect, ledger: Ledger): Promise<Result> {
  try {
    if (!isBusinessEffect(effect))
      return { type: 'effect.answered', attempts: 1, answer: await ask(effect, ledger) };
    const { attempts } = await work(effect, ledger);
    return { type: 'effect.answered', attempts, answer: null };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): Result {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true) {
    const code = String(cause.details?.[0] ?? cause.type ?? 'refused');
    return { type: 'effect.refused', attempts: 1, code };
  }
  const reason = cause instanceof Error ? cause.name : 'no answer';
  return { type: 'effect.unanswered', attempts: 1, reason };
}

function ask(command: GatewayCall, ledger: Ledger): Promise<Answer> {
  const { orderId, gateway: name, currency } = ledger.terms;
  const request = { orderId, gateway: name, currency };
  switch (command.effect) {
    case 'create_payment': {
      const summary = `open payment attempt ${command.attempt}: ${command.amountMinor} ${currency}`;
      return gateway.createPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'fetch_payments': {
      const summary = 'ask the gateway what it knows';
      return gateway.fetchPayments.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'capture_payment': {
      const summary = `capture ${command.amountMinor} ${currency} of ${command.paymentId}`;
      return gateway.capturePayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'void_payment': {
      const summary = `void ${command.paymentId}`;
      return gateway.voidPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
    case 'refund_payment': {
      const summary = `refund ${command.amountMinor} ${command.currency} of ${command.paymentId}`;
      return gateway.refundPayment.executeWithOptions({ summary }, [{ ...request, command }]);
    }
  }
}

function work(command: BusinessEffect, ledger: Ledger): Promise<{ attempts: number }> {
  const summary = command.key;
  const order = viewOf(ledger);
  switch (command.effect) {
    case 'grant_access':
      return business.grantAccess.executeWithOptions({ summary }, [{ order, command }]);
    case 'revoke_access':
      return business.revokeAccess.executeWithOptions({ summary }, [{ order, command }]);
    case 'issue_invoice':
      return business.issueInvoice.executeWithOptions({ summary }, [{ order, command }]);
    case 'issue_credit_note':
      return business.issueCreditNote.executeWithOptions({ summary }, [{ order, command }]);
    case 'update_crm':
      return business.updateCrm.executeWithOptions({ summary }, [{ order, command }]);
    case 'post_ledger':
      return business.postLedger.executeWithOptions({ summary }, [{ order, command }]);
  }
}
