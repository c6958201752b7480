/** What the fake Razorpay knows, in the shapes that the real one documents. One world a mode: they never mix. */
import { randomBytes } from 'node:crypto';

export interface Order {
  id: string;
  entity: 'order';
  amount: number;
  amount_paid: number;
  amount_due: number;
  currency: string;
  receipt: string | null;
  status: 'created' | 'attempted' | 'paid';
  attempts: number;
  notes: Record<string, string> | [];
  created_at: number;
}

export interface Payment {
  id: string;
  entity: 'payment';
  amount: number;
  currency: string;
  status: 'created' | 'pending' | 'authorized' | 'captured' | 'refunded' | 'failed';
  order_id: string | null;
  method: string;
  amount_refunded: number;
  refund_status: 'partial' | 'full' | null;
  captured: boolean;
  notes: Record<string, string> | [];
  error_code: string | null;
  error_description: string | null;
  error_source: string | null;
  error_step: string | null;
  error_reason: string | null;
  created_at: number;
}

export interface Refund {
  id: string;
  entity: 'refund';
  payment_id: string;
  amount: number;
  currency: string;
  status: 'pending' | 'processed' | 'failed';
  receipt: string | null;
  notes: Record<string, string> | [];
  created_at: number;
}

export interface Dispute {
  id: string;
  entity: 'dispute';
  payment_id: string;
  amount: number;
  currency: string;
  amount_deducted: number;
  reason_code: string;
  status: 'open' | 'under_review' | 'action_required' | 'won' | 'lost' | 'closed';
  phase: string;
  respond_by: number;
  created_at: number;
}

/** One row of settlement recon; amounts in paise, times in Unix seconds. */
export interface ReconItem {
  entity_id: string;
  type: string;
  debit: number;
  credit: number;
  amount: number;
  currency: string;
  fee: number;
  tax: number;
  on_hold: boolean;
  settled: boolean;
  created_at: number;
  settled_at: number;
  settlement_id: string;
  settlement_utr: string;
  description: string | null;
  notes: Record<string, string> | [] | string;
  payment_id: string | null;
  order_id: string | null;
  order_receipt: string | null;
  method: string | null;
  dispute_id: string | null;
}

/** What a refund under an idempotency key was asked for, and what was answered, once it was. */
export interface RememberedKey {
  request: string;
  answer: Answer | null;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface World {
  orders: Map<string, Order>;
  payments: Map<string, Payment>;
  refunds: Map<string, Refund>;
  disputes: Map<string, Dispute>;
  keys: Map<string, RememberedKey>;
  /** In the order in which it is listed. */
  recon: ReconItem[];
  reconCalls: number;
  /** What happens between two pages. */
  afterReconCall?: (calls: number) => void;
  /** Why a payment cannot be refunded, in Razorpay's words, by its id. */
  unrefundable: Map<string, string>;
  /** Orders whose payments wait to be captured, whatever the account does by itself. */
  capturedByHand: Set<string>;
}

export function newWorld(): World {
  return {
    orders: new Map(),
    payments: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    keys: new Map(),
    recon: [],
    reconCalls: 0,
    unrefundable: new Map(),
    capturedByHand: new Set(),
  };
}

export function newId(prefix: 'order' | 'pay' | 'rfnd' | 'disp' | 'evt'): string {
  return `${prefix}_${randomBytes(12).toString('base64').replaceAll(/\W/g, '').slice(0, 14)}`;
}

/** Unix seconds, as all of Razorpay's times. */
export function nowS(): number {
  return Math.floor(Date.now() / 1_000);
}

export function known<T>(things: Map<string, T>, id: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`the fake Razorpay has no ${id}`);
  return thing;
}

export function paymentsOf(world: World, orderId: string): Payment[] {
  return [...world.payments.values()].filter((payment) => payment.order_id === orderId);
}
