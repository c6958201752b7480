/**
 * Effects: what the outside world has to do next, as data. Every key is derived from the order, the
 * effect and its cause, so deciding twice asks for the same thing; none is random or made of time.
 */
import type {
  GatewayIds,
  PaymentSnapshot,
  RefundSnapshot,
  SnapshotStatus,
} from '../facts/facts.ts';
import type { OrderState } from '../order.ts';

export const BUSINESS_EFFECTS = [
  'grant_access',
  'issue_invoice',
  'update_crm',
  'post_ledger',
  'revoke_access',
  'issue_credit_note',
  'park_payment',
] as const;

export type BusinessEffectName = (typeof BUSINESS_EFFECTS)[number];

/** Questions and orders to the gateway. Their answers come back as events. */
export type GatewayCall =
  | {
      effect: 'create_payment';
      key: string;
      attempt: number;
      amountMinor: number;
      /** Payments whose last try has failed, and that must not succeed as well as the new one. */
      supersedes: string[];
      /** What calls about those have to name, by payment; absent where their ids do. */
      gatewayIds?: Readonly<Record<string, GatewayIds>>;
      /** What is authorized waits for the shop to capture it; absent where it is captured at once. */
      capture?: 'manual';
    }
  | {
      effect: 'fetch_payments';
      key: string;
      paymentIds: string[];
      /** As when a payment is created. */
      gatewayIds?: Readonly<Record<string, GatewayIds>>;
    }
  | {
      effect: 'capture_payment';
      key: string;
      paymentId: string;
      amountMinor: number;
      /** The request that it carries out; absent where the order captures by itself. */
      requestKey?: string;
      /** What calls about the payment have to name; absent where its own id does. */
      gatewayIds?: GatewayIds;
    }
  | { effect: 'void_payment'; key: string; paymentId: string; gatewayIds?: GatewayIds }
  | {
      effect: 'refund_payment';
      key: string;
      paymentId: string;
      requestKey: string;
      amountMinor: number;
      currency: string;
      gatewayIds?: GatewayIds;
    };

export type PostingKind =
  | 'capture'
  | 'discount'
  | 'discount_reversed'
  | 'capture_reversed'
  | 'refund'
  | 'refund_reversed'
  | 'chargeback'
  | 'chargeback_reversed'
  | 'write_off'
  | 'write_off_reversed';

/** A message that a person has sent again is the same one, under the same key. */
interface Sending {
  /** How often it is to be sent; absent means once. */
  times?: number;
}

/** What happens to the customer's access, papers and books. `after` names an effect to wait for. */
export type BusinessEffect =
  | ({ effect: 'grant_access'; key: string; epoch: number; after?: string } & Sending)
  | ({ effect: 'revoke_access'; key: string; epoch: number; after: string } & Sending)
  | {
      effect: 'issue_invoice';
      key: string;
      epoch: number;
      /** Minor units that the gateway let the customer off; absent means none. */
      discountMinor?: number;
      /** The gateway's name, the methods by hand and a write-off; absent means through the gateway alone. */
      paidBy?: string[];
    }
  | {
      effect: 'issue_credit_note';
      key: string;
      refundId: string;
      amountMinor: number;
      after: string;
    }
  | ({
      effect: 'update_crm';
      key: string;
      /** What the order is in by then. */
      state: OrderState;
      /** The message is about this dispute, refund or review; absent where it is about the state. */
      about?: { type: string; id: string };
      after?: string;
    } & Sending)
  | {
      effect: 'post_ledger';
      key: string;
      kind: PostingKind;
      reference: string;
      amountMinor: number;
      currency: string;
    }
  /** A payment that names this order and that another installation made is put before an operator. */
  | {
      effect: 'park_payment';
      key: string;
      paymentId: string;
      status: SnapshotStatus;
      amountMinor: number;
      currency: string;
    };

export type Effect = GatewayCall | BusinessEffect;

/** What is tried inside the workflow task: done in a moment, or awaited by a customer. */
export type QuickEffect = BusinessEffect | Extract<GatewayCall, { effect: 'create_payment' }>;

/** What the gateway answered to a call. Business effects answer nothing. */
export type Answer =
  | { to: 'create_payment'; payment: PaymentSnapshot; checkout: Record<string, string> }
  | { to: 'fetch_payments'; payments: PaymentSnapshot[]; missing: string[] }
  /** Null where it was accepted, and a webhook says what became of it. */
  | { to: 'capture_payment'; payment: PaymentSnapshot | null }
  | { to: 'void_payment'; payment: PaymentSnapshot | null }
  | { to: 'refund_payment'; refund: RefundSnapshot };

export function effectKey(
  orderId: string,
  effect: Effect['effect'],
  cause: string | number,
): string {
  return `${orderId}:${effect}:${cause}`;
}

/** What distinguishes effects of one kind: the last part of their keys. */
export function causeOf(orderId: string, { effect, key }: Effect): string {
  return key.slice(effectKey(orderId, effect, '').length);
}

export function isBusinessEffect(effect: Effect): effect is BusinessEffect {
  return (BUSINESS_EFFECTS as readonly string[]).includes(effect.effect);
}

export function isQuick(effect: Effect): effect is QuickEffect {
  return isBusinessEffect(effect) || effect.effect === 'create_payment';
}
