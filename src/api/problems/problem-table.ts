/**
 * Every error that the API can answer, as RFC 9457 problems: its stable code, its status and what the
 * caller can do. Nothing else in the API names a 4xx or 5xx status.
 */

interface ProblemEntry {
  status: number;
  title: string;
  /** What to do, where the place that found the problem has nothing more exact to say. */
  advice: string;
  /** Seconds; a problem with it may be tried again as it is. */
  retryAfterS?: number;
}

const entry = (
  status: number,
  title: string,
  advice: string,
  retryAfterS?: number,
): ProblemEntry =>
  retryAfterS === undefined ? { status, title, advice } : { status, title, advice, retryAfterS };

const SEND_JSON = 'Send one JSON object as UTF-8.';
const SEE_DOCS = 'See /openapi.json for what this endpoint takes.';

export const PROBLEMS = {
  malformed_http: entry(400, 'Malformed HTTP', 'Send a well-formed HTTP/1.1 request.'),
  host_refused: entry(
    421,
    'Host refused',
    'This API serves its own machine: call it as localhost or by a loopback address. For an API behind a proxy see "Deploying" in docs/operations.md.',
  ),
  origin_refused: entry(
    403,
    'Origin refused',
    'This API serves its own machine: a web page of another site may change nothing here.',
  ),
  headers_too_large: entry(431, 'Headers too large', 'Send less than 16 KiB of URL and headers.'),
  request_timeout: entry(408, 'Request too slow', 'Send the whole request within 10 seconds.', 1),
  malformed_url: entry(400, 'Malformed URL', 'Percent-encode the path as UTF-8.'),
  invalid_order_id: entry(
    400,
    'Invalid order id',
    'An order id has 1 to 64 of A-Z a-z 0-9 _ - and begins with a letter or a digit.',
  ),
  invalid_path_parameter: entry(400, 'Invalid path parameter', SEE_DOCS),
  route_not_found: entry(404, 'No such route', 'See /openapi.json for the routes.'),
  method_not_allowed: entry(405, 'Method not allowed', 'Use a method that the Allow header names.'),
  credentials_missing: entry(401, 'Credentials missing', 'Send Authorization: Bearer <API key>.'),
  credentials_invalid: entry(401, 'Credentials invalid', 'Send one of the configured API keys.'),
  credentials_expired: entry(401, 'Session ended', 'Sign in again.'),
  api_key_expired: entry(
    401,
    'API key expired or revoked',
    'Send the key that replaces it: detail names this one, and says when it ended.',
  ),
  sign_in_invalid: entry(400, 'Sign-in cannot be finished', 'Sign in again.'),
  sign_in_refused: entry(
    403,
    'Sign-in refused',
    'Ask whoever runs Payonce for a role that OIDC_ROLES names.',
  ),
  sign_in_unavailable: entry(
    503,
    'Nobody can sign in now',
    'Try again in a moment, or tell whoever runs Payonce.',
    5,
  ),
  scope_insufficient: entry(
    403,
    'Scope insufficient',
    'Use an API key with a scope that detail names.',
  ),
  rate_limited: entry(
    429,
    'Too many requests',
    'Send the same request again after Retry-After, and fewer of them.',
    1,
  ),
  content_encoding_unsupported: entry(
    415,
    'Content-Encoding unsupported',
    'Send the body uncompressed.',
  ),
  content_type_unsupported: entry(
    415,
    'Content-Type unsupported',
    'Send Content-Type: application/json, in UTF-8.',
  ),
  body_too_large: entry(413, 'Body too large', 'Send at most 32 KiB; 1 MiB for a webhook.'),
  body_incomplete: entry(400, 'Body incomplete', 'Send as many bytes as Content-Length says.'),
  json_invalid: entry(400, 'Invalid JSON', SEND_JSON),
  json_too_complex: entry(400, 'JSON too complex', 'Send at most 16 levels and 1,000 values.'),
  json_forbidden_key: entry(
    400,
    'Forbidden JSON key',
    'Remove the keys __proto__, constructor and prototype.',
  ),
  json_duplicate_key: entry(400, 'Duplicate JSON key', 'Send every key of an object once.'),
  validation_failed: entry(422, 'Validation failed', 'Correct the fields that errors names.'),
  query_invalid: entry(422, 'Invalid query', 'Correct the query parameters that errors names.'),
  cursor_invalid: entry(422, 'Invalid cursor', 'Use the nextCursor of an earlier answer as it is.'),
  cardholder_data_rejected: entry(
    422,
    'Cardholder data rejected',
    'Never send card numbers or card fields here; the gateway takes them from the customer.',
  ),
  amount_out_of_range: entry(
    422,
    'Amount out of range',
    'Send at most 999999999999 minor units, and at least 1; an order may be over 0.',
  ),
  amount_unsupported: entry(
    422,
    'Amount unsupported',
    'Send an amount that the gateway takes in this currency: detail names its rule.',
  ),
  line_items_mismatch: entry(
    422,
    'Line items come to another amount',
    'Send what the lines come to as amount, or correct the lines: detail has both.',
  ),
  currency_unsupported: entry(
    422,
    'Currency unsupported',
    'Send an upper-case ISO 4217 code of a currency that is in use.',
  ),
  gateway_unsupported: entry(422, 'Gateway unsupported', 'Name a gateway that is configured.'),
  idempotency_key_missing: entry(
    400,
    'Idempotency-Key missing',
    'Send an Idempotency-Key header: a new one for each refund or capture, the same one for each retry.',
  ),
  idempotency_key_invalid: entry(
    400,
    'Idempotency-Key invalid',
    'Send one Idempotency-Key of 16 to 255 visible ASCII characters, such as a UUID.',
  ),
  idempotency_key_reused: entry(
    422,
    'Idempotency-Key reused',
    'This key was first used for another request: send a new key.',
  ),
  idempotency_in_progress: entry(
    409,
    'Request in progress',
    'The first request with this key still runs: send it again in a moment.',
    1,
  ),
  order_not_found: entry(
    404,
    'No such order',
    'No order has this id: correct it, or create the order with POST /v1/orders first.',
  ),
  customer_not_found: entry(
    404,
    'No such customer',
    'No order names this customer: correct the id, or find the order by its e-mail address first.',
  ),
  payment_unanswered: entry(
    409,
    'Payment call unanswered',
    'The gateway has not answered the call that opens a payment, and a repeat of it has to be the same call: send the same request again once it has.',
    60,
  ),
  personal_data_erased: entry(
    409,
    'Personal data erased',
    'The customer’s data of this order were erased, and none are taken back.',
  ),
  order_conflict: entry(
    409,
    'Order exists with other content',
    'Use a new id, or send exactly the content that the order was created with.',
  ),
  attempt_in_progress: entry(
    409,
    'Payment attempt in progress',
    'A payment of this order is being voided or captured: read the order, then pay under a new key.',
  ),
  order_already_paid: entry(409, 'Order already paid', 'Refund it to give money back.'),
  order_closed: entry(409, 'Order closed', 'Create a new order; this one takes no payment.'),
  order_in_review: entry(
    409,
    'Order in review',
    'An operator has to decide its open review first.',
  ),
  no_payment_attempt: entry(
    409,
    'No payment attempt',
    'Start one with POST /v1/orders/{id}/payments first.',
  ),
  payment_belongs_to_other_order: entry(
    409,
    'Payment belongs to another order',
    'Verify the payment on the order that it was made for.',
  ),
  payment_signature_invalid: entry(
    422,
    'Payment signature invalid',
    'Send paymentId and signature exactly as the checkout gave them, on the order they are for.',
  ),
  capture_unsupported: entry(
    422,
    'Manual capture unsupported',
    'This gateway captures by itself: leave capture out, or name a gateway with manual capture.',
  ),
  nothing_authorized: entry(
    409,
    'Nothing authorized',
    'No payment of this order waits to be captured: its customer has not paid yet, or it was created without "capture": "manual".',
  ),
  authorization_voided: entry(
    409,
    'Authorization voided',
    'It was voided, and nothing can be captured any more: the customer has to pay again.',
  ),
  authorization_expired: entry(
    409,
    'Authorization expired',
    'The gateway no longer holds the money, and nothing can be captured any more: the customer has to pay again.',
  ),
  authorization_captured: entry(
    409,
    'Authorization captured',
    'A capture was faster than the void: refund it to give money back.',
  ),
  capture_in_progress: entry(
    409,
    'Capture in progress',
    'The gateway has not said yet what became of an earlier capture: read the order, then ask again.',
  ),
  capture_exceeds_authorized: entry(
    422,
    'Capture exceeds what is authorized',
    'Ask for at most amountAuthorized, and at most what the order still lacks.',
  ),
  capture_part_unsupported: entry(
    422,
    'Capture in part unsupported',
    'This gateway captures an authorization whole or not at all: capture all of it and refund a part, or void it. Void it where more is authorized than the order still lacks.',
  ),
  capture_refused: entry(
    422,
    'Capture refused',
    'The gateway has refused this capture: read the order, and ask under a new key once the cause is gone.',
  ),
  void_refused: entry(
    422,
    'Void refused',
    'The gateway has refused to void it: read the order, and see the payment at the gateway.',
  ),
  nothing_to_write_off: entry(
    409,
    'Nothing to write off',
    'Only the rest of an order that is partly paid can be written off: cancel one of which nothing is paid.',
  ),
  write_off_differs: entry(
    409,
    'Another amount is outstanding',
    'Read the order, and send just what it still lacks: amount less amountPaid, amountDiscounted and amountWrittenOff.',
  ),
  write_off_over_limit: entry(
    422,
    'Write-off over the limit',
    'More of this order would be written off than WRITE_OFF_LIMITS has for its currency: let the customer pay the rest, or cancel the order.',
  ),
  access_not_granted: entry(
    409,
    'No access to revoke',
    'Nobody has access by this order: see the field access of the order, and its events for when it ended.',
  ),
  order_not_paid: entry(409, 'Order not paid', 'There is nothing to refund before it is paid.'),
  order_disputed: entry(409, 'Order disputed', 'Wait for the dispute to end before refunding.'),
  refund_over_limit: entry(
    403,
    'Refund over the limit',
    'With it more of this order would go back than a key of the scope support may give back (SUPPORT_REFUND_LIMITS): refund less, or use a key of the scope ops.',
  ),
  refund_exceeds_captured: entry(
    422,
    'Refund exceeds what is left',
    'Ask for at most the captured amount less refunds made or under way.',
  ),
  refund_exceeds_payment: entry(
    422,
    'Refund exceeds each payment',
    'So much is left, but of several payments: record what went back for each payment, with its paymentId and a reference of its own.',
  ),
  refund_by_hand: entry(
    409,
    'Refund by hand',
    'More was asked for than came through the gateway: give back by hand what was received by hand, and record it with POST /v1/orders/{id}/manual-refunds.',
  ),
  manual_reference_reused: entry(
    409,
    'Reference reused',
    'Another amount is recorded under this reference: see the payments and refunds of the order, and send the reference of the money itself.',
  ),
  expiry_not_later: entry(
    409,
    'Expiry is not later',
    'Send a time that is later than now and than the present expiresAt of the order.',
  ),
  refund_refused: entry(
    422,
    'Refund refused',
    'The gateway has refused this refund: read the order, and ask under a new key once the cause is gone.',
  ),
  order_changed: entry(
    409,
    'Order changed meanwhile',
    'It was not done now, as the order is no longer at the version that was decided on: read it again, and decide on its present version, under a new Idempotency-Key.',
  ),
  review_not_found: entry(404, 'No such review', 'See the reviews of the order for their ids.'),
  review_already_decided: entry(
    409,
    'Review already decided',
    'The other decision was made before; see the reviews of the order.',
  ),
  review_stale: entry(
    409,
    'Review changed meanwhile',
    'Read the order again and decide with the present version of the review.',
  ),
  effect_not_failed: entry(
    409,
    'Effect has not failed',
    'Only an effect with the status failed can be tried again.',
  ),
  effect_not_resendable: entry(
    409,
    'Nothing to send again',
    'Only a message to the CRM or the access system that was delivered can be sent again, the latest one about access, and not while messages after it are under way.',
  ),
  gateway_declined: entry(402, 'Gateway declined', 'The customer may try again or pay otherwise.'),
  payment_refused: entry(
    422,
    'Payment refused',
    'The gateway refuses this payment, no matter who pays it: create another order.',
  ),
  too_many_attempts: entry(
    429,
    'Too many attempts',
    'This order has used up its payment attempts: create a new order.',
  ),
  invoice_not_found: entry(404, 'No invoice yet', 'It is issued once the order is paid.'),
  credit_note_not_found: entry(
    404,
    'No such credit note',
    "It is issued once the refund has succeeded; name the refund by its refundId, the gateway's id.",
  ),
  paper_not_found: entry(
    404,
    'No such paper',
    'No invoice or credit note has this number: see GET /v1/books/papers for those of a month.',
  ),
  e_invoice_incomplete: entry(
    409,
    'No electronic invoice',
    'The paper lacks what an electronic invoice has to say: detail names it, and what to set or send.',
  ),
  parked_event_not_found: entry(
    404,
    'No such parked event',
    'See GET /v1/parked-events for their ids.',
  ),
  parked_event_not_deliverable: entry(
    409,
    'Parked event cannot be delivered',
    'Look the payment up at the gateway and settle it by hand.',
  ),
  parked_event_sealed: entry(
    409,
    'Parked event sealed',
    'It was encrypted with a key that is not configured: add that key to PAYLOAD_KEYS of the API again.',
  ),
  parked_event_not_attachable: entry(
    409,
    'Parked event cannot be attached',
    'Only a foreign_payment or an event_orphaned that is about a payment can be attached, and to an order of its gateway: name one as orderId. Deliver any other event again, or close it with a note.',
  ),
  parked_event_decided: entry(
    409,
    'Parked event decided already',
    'It was delivered, attached or closed before; see its status and note.',
  ),
  payment_unknown: entry(
    409,
    'Payment unknown at the gateway',
    'The gateway does not know this payment any more: look at its dashboard, then close the event.',
  ),
  foreign_payment: entry(
    409,
    'Foreign payment',
    'Another installation made this payment. It is parked: an operator can attach it to the order.',
  ),
  settlement_report_invalid: entry(
    422,
    'Settlement report invalid',
    'Nothing of the file was imported: detail names the line and column, and what to do.',
  ),
  difference_not_found: entry(
    404,
    'No such difference',
    'See GET /v1/settlements/differences for their ids.',
  ),
  difference_decided: entry(
    409,
    'Difference decided already',
    'Another decision was made before, or bank and books agree by now; see its state and note.',
  ),
  difference_not_attachable: entry(
    409,
    'Difference cannot be attached',
    'Only a foreign_payment can be attached, and orderId has to name an order of its gateway.',
  ),
  gateway_unknown: entry(
    404,
    'Gateway unknown',
    'Send webhooks to /webhooks/{configured gateway}.',
  ),
  signature_missing: entry(401, 'Signature missing', 'Send the signature headers of the gateway.'),
  signature_malformed: entry(400, 'Signature malformed', 'Send the headers as the gateway does.'),
  signature_invalid: entry(401, 'Signature invalid', 'Sign the raw body with an active secret.'),
  timestamp_out_of_tolerance: entry(
    401,
    'Timestamp out of tolerance',
    'Send within 300 seconds of signing, and check the clock.',
  ),
  orchestrator_unavailable: entry(
    503,
    'Temporal unavailable',
    'Nothing is lost: send the same request again.',
    5,
  ),
  database_unavailable: entry(
    503,
    'Database unavailable',
    'Nothing is lost: send the same request again.',
    5,
  ),
  gateway_unavailable: entry(
    503,
    'Gateway unavailable',
    'Nothing is lost: send the same request again.',
    5,
  ),
  gateway_misconfigured: entry(
    503,
    'Gateway misconfigured',
    'The gateway refuses the configured key: an operator has to correct it. Send the same request again then.',
    60,
  ),
  overloaded: entry(503, 'Overloaded', 'Send the same request again in a moment.', 2),
  shutting_down: entry(
    503,
    'Shutting down',
    'Send the same request again; another one serves it.',
    1,
  ),
  internal_error: entry(500, 'Internal error', 'Report the request_id; the cause is in the logs.'),
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** The entry of a code, with its optional fields. */
export function problemEntry(code: ProblemCode): ProblemEntry {
  return PROBLEMS[code];
}
