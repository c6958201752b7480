/**
 * Everything that can happen to an order, as one union: facts, commands, answers to effects, and
 * deadlines. Each carries its own id and the time at which the order took it up; nothing here reads
 * a clock.
 */
import type { Answer } from './effects/effects.ts';
import type { Fact } from './facts/facts.ts';

export type Source = 'webhook' | 'client' | 'operator' | 'gateway' | 'timer' | 'effect';

interface Envelope {
  /** Transport id: the gateway's event id, a command's id, or a name derived from the cause. */
  id: string;
  source: Source;
  /** Epoch milliseconds. */
  at: number;
}

export type FactEvent = Envelope & { type: 'fact'; fact: Fact };

export type Command =
  | { type: 'pay' }
  | { type: 'verify'; paymentId?: string }
  /** A gateway sync, whatever is known already. */
  | {
      type: 'sync';
      /** The order was put back to an earlier moment: the gateway may have a payment though the order has no attempt. */
      wasPutBack?: true;
    }
  | { type: 'cancel'; reason?: string }
  | {
      type: 'refund';
      requestKey: string;
      amountMinor?: number;
      reason?: string;
      /** Of the whole order, the most that may have gone back with this request. */
      limitMinor?: number;
    }
  | {
      type: 'review';
      reviewId: string;
      decision: 'approve' | 'reject';
      version: number;
      note: string;
    }
  /** `amountMinor`: absent for all that can be captured. */
  | { type: 'capture'; requestKey: string; amountMinor?: number; note?: string }
  | { type: 'void'; note?: string }
  /** The rest that is to be done without; with it, no more than `limitMinor` of the order may have been. */
  | { type: 'write_off'; amountMinor: number; limitMinor: number; note?: string }
  /** The customer's access, whatever the order would do by itself. */
  | { type: 'access'; action: 'grant' | 'revoke'; note: string }
  | { type: 'retry'; key: string; note?: string }
  /** A message that was delivered goes out once more. */
  | { type: 'resend'; key: string; note?: string }
  | { type: 'attach'; paymentId: string; note?: string }
  | ({ type: 'manual_payment' } & ByHand)
  /** `paymentId`: whose money it is; absent where the order finds the payment itself. */
  | ({ type: 'manual_refund'; paymentId?: string } & ByHand)
  /** `expiresAt` in epoch milliseconds. */
  | { type: 'extend'; expiresAt: number; note?: string };

/** Money that changed hands without a gateway. The same reference is the same money. */
export interface ByHand {
  reference: string;
  method: string;
  amountMinor: number;
  /** The day on which it did, such as 2026-01-31. */
  on: string;
  note?: string;
}

/**
 * `actor` is the name of the key that it was sent with; `orderVersion` is what was decided on: at another version of the
 * order nothing is done.
 */
export type CommandEvent = Envelope & Command & { actor?: string; orderVersion?: number };

/** What has come of an effect. */
export type EffectResult = { key: string } & (
  | { type: 'effect.answered'; attempts: number; answer: Answer | null }
  /**
   * The other side said no, for good; `isUnpayable`: to this payment, for any payer; `isGone`: it no longer
   * knows the payment; `isOutdated`: it knows of more than the order does; `isUndelivered`: of a message, that none of
   * its earlier sendings was taken either.
   */
  | {
      type: 'effect.refused';
      attempts: number;
      code: string;
      isUnpayable?: boolean;
      isGone?: boolean;
      isOutdated?: boolean;
      isUndelivered?: boolean;
    }
  /** The outcome is unknown: a time-out, a reset, a 5xx. */
  | {
      type: 'effect.unanswered';
      attempts: number;
      /** For operators; it holds nothing of what was sent or answered. */
      reason: string;
      /** The gateway refused the configured key, so nothing has happened. */
      code?: 'gateway_misconfigured';
    }
);

/** The gateway's refusal. A payment that no payer could make is not for the customer to try again. */
export type Refusal = Pick<
  Extract<EffectResult, { type: 'effect.refused' }>,
  'code' | 'isUnpayable' | 'isGone' | 'isOutdated' | 'isUndelivered'
>;

export type EffectEvent = Envelope & EffectResult;

/** The result as something that happens to the order, at a time in epoch milliseconds. */
export function effectEvent(result: EffectResult, at: number): EffectEvent {
  return { ...result, id: result.key, source: 'effect', at };
}

export type DeadlineName = 'expiry' | 'authorization' | 'poll' | 'sync' | 'settlement';
export type DeadlineEvent = Envelope & { type: 'deadline.reached'; deadline: DeadlineName };

/** Something arrived that cannot be read; it is kept as a rejected outcome. */
export type UnreadableEvent = Envelope & { type: 'unreadable'; reason: string };

export type DomainEvent = FactEvent | CommandEvent | EffectEvent | DeadlineEvent | UnreadableEvent;

export type Outcome = 'applied' | 'duplicate' | 'stale' | 'review' | 'rejected';

/** One input's fate. `answer` is what a waiting caller needs to reply. */
export interface OutcomeRecord {
  seq: number;
  at: number;
  source: Source;
  type: string;
  eventId: string;
  outcome: Outcome;
  reason: string;
  version: number;
  /** Who decided, and why, in that person's words. */
  actor?: string;
  note?: string;
  answer?: CommandAnswer;
}

export interface CommandAnswer {
  /** Why the command was refused. */
  code?: string;
  /** The gateway's own code for why, where the caller has to know it. */
  gatewayCode?: string;
  /** The payment attempt that a pay command got. */
  attempt?: number;
  /** The request that a refund or a capture command made or met. */
  requestKey?: string;
  /** The gateway has not said yet. */
  unsettled?: boolean;
  /** What a sync has found that the order did not know, one text each. */
  changes?: string[];
  /** Who made the decision that stands. */
  decidedBy?: string;
  /** The same delivery again: what came of the first one is the answer. */
  redelivered?: boolean;
}
