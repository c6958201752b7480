/**
 * The reference under which a payment is known. Of what Adyen sends with a webhook, the metadata is not signed and the
 * reference is: so the reference itself names the order and the installation that made the payment, and whether its
 * money is captured by hand. It is our payment's id.
 */
import { createHash } from 'node:crypto';

export interface Reference {
  /** Null where the id is too long to be named. */
  orderId: string | null;
  installationId: string;
  /** What is authorized waits to be captured. */
  isManual: boolean;
}

/** References have at most 80 characters (CheckoutService-v72), of which the rest of ours may take 26. */
const MAX_ORDER_ID_LENGTH = 54;
const INSTALLATION = /^ins_([0-9a-f]{32})$/;
/**
 * Order, installation in 22 letters, how it is captured, attempt. In place of a long order's id stands its hash, behind a
 * dot. No part has a colon in it, with which the signed fields are joined.
 */
const FORM =
  /^(?:([A-Za-z0-9][A-Za-z0-9_-]{0,63})|\.[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})\.([am])(\d{1,3})$/;

export function referenceOf({
  orderId,
  installationId,
  isManual,
  attempt,
}: Reference & { orderId: string; attempt: number }): string {
  const [, hex = ''] = INSTALLATION.exec(installationId) ?? [];
  const mark = Buffer.from(hex, 'hex').toString('base64url');
  const hash = createHash('sha256').update(orderId).digest('base64url');
  const order = orderId.length > MAX_ORDER_ID_LENGTH ? `.${hash}` : orderId;
  return `${order}.${mark}.${isManual ? 'm' : 'a'}${attempt}`;
}

/** Null for a reference that is not of this form: what it names was made by other software. */
export function readReference(reference: string): Reference | null {
  const [, orderId = null, mark, capture] = FORM.exec(reference) ?? [];
  if (mark === undefined) return null;
  const installationId = `ins_${Buffer.from(mark, 'base64url').toString('hex')}`;
  return { orderId, installationId, isManual: capture === 'm' };
}
