/**
 * What a request means for security: who was refused and why, and who did what
 * moves money by hand. They are fields of the request's own line, so that one line has it all.
 */
import type { ProblemCode } from '../problems/problem-table.ts';

const REFUSALS: Partial<Record<ProblemCode, string>> = {
  credentials_missing: 'auth_failed',
  credentials_invalid: 'auth_failed',
  credentials_expired: 'auth_failed',
  api_key_expired: 'auth_failed',
  sign_in_invalid: 'sign_in_refused',
  sign_in_refused: 'sign_in_refused',
  rate_limited: 'rate_limited',
  scope_insufficient: 'scope_denied',
  host_refused: 'foreign_page',
  origin_refused: 'foreign_page',
  cardholder_data_rejected: 'cardholder_data_rejected',
  signature_missing: 'bad_signature',
  signature_malformed: 'bad_signature',
  signature_invalid: 'bad_signature',
  timestamp_out_of_tolerance: 'bad_signature',
};

const OPERATOR_ACTIONS: Readonly<Record<string, string>> = {
  '/console/session/callback': 'sign_in',
  '/console/session/end': 'sign_out',
  '/v1/parked-events/:id': 'event_read',
  '/v1/orders/:id/refunds': 'refund',
  '/v1/orders/:id/captures': 'capture',
  '/v1/orders/:id/void': 'void',
  '/v1/orders/:id/manual-payments': 'manual_payment',
  '/v1/orders/:id/manual-refunds': 'manual_refund',
  '/v1/orders/:id/write-off': 'write_off',
  '/v1/orders/:id/access': 'access_decision',
  '/v1/orders/:id/expiry': 'expiry_extension',
  '/v1/orders/:id/customer': 'personal_data_correction',
  '/v1/customers/:id/erasure': 'personal_data_erasure',
  '/v1/customers/:id/personal-data': 'personal_data_read',
  '/v1/orders/:id/reviews/:reviewId': 'review_decision',
  '/v1/orders/:id/effects/:key/retry': 'effect_retry',
  '/v1/orders/:id/effects/:key/resend': 'effect_resend',
  '/v1/parked-events/:id/redeliver': 'event_redelivery',
  '/v1/parked-events/:id/attach': 'payment_attachment',
  '/v1/parked-events/:id/close': 'event_closure',
};

/** A caller that was turned away; undefined for every other problem. */
export function refusalEventOf(code: string | undefined): string | undefined {
  return REFUSALS[code as ProblemCode];
}

/** Something that an operator did, or tried to do. */
export function operatorActionOf(route: string): string | undefined {
  return OPERATOR_ACTIONS[route];
}
