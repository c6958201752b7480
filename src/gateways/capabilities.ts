/** What a gateway can do, as data: nothing outside of a gateway's folder asks for one by its name. */
import type { DisputeStatus } from '../domain/facts/facts.ts';
import type { AmountRules } from '../money/amounts.ts';

export interface GatewayCapabilities {
  /** Smallest and largest amounts, steps and digits, by currency; checked before the gateway is asked. */
  amounts: AmountRules;
  /** The only currencies that it takes (ISO 4217); absent where it does not list them. */
  currencies?: readonly string[];
  /** What can be captured of an authorization. None of it where the gateway always captures by itself. */
  capture: {
    /** An authorization may wait to be captured. */
    manual: boolean;
    /** Less than the authorized amount. */
    partial: boolean;
    /** More than once. */
    multiple: boolean;
  };
  refund: {
    /** Less than what was captured. */
    partial: boolean;
  };
  /**
   * `final`: nobody can pay what was voided. `noted`: it is only written down that the payment is given up, so
   * that an order which has failed leaves it alone. `none`: it cannot be voided at all.
   */
  void: 'final' | 'noted' | 'none';
  /** How a call that is repeated is known to be the same one. */
  idempotencyKeys: {
    /** For how long the gateway remembers a key, in ms; a call is not repeated when that is nearly over. */
    rememberedMs: number;
    /** The longest key that it takes; keys of ours have 32 characters. */
    maxLength: number;
  };
  /** After how long it gives up by itself, in ms; null where it does not, or where that is not documented. */
  expiry: { paymentMs: number | null; authorizationMs: number | null };
  /** Whether the present state of a payment can be fetched, or is known by webhooks alone. */
  truth: 'read_back' | 'webhooks';
  webhooks: {
    contentType: 'application/json' | 'application/x-www-form-urlencoded';
    /** One request may carry several events. */
    batches: boolean;
    /** After how long it gives up on an answer and repeats the request, in ms. */
    answerWithinMs: number;
  };
  /** The stages of a dispute that it tells of. */
  disputes: readonly DisputeStatus[];
  /** Where its API lists what it did with the money of a day: in which format of settlement reports. */
  settlements?: { format: string };
}
