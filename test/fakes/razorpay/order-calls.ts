/** The Orders API: creation with `unique_receipt`, look-ups, and notes, the one thing that can change. */
import { collection, NO_SUCH_ID, ok, refused } from './answers.ts';
import { type Answer, newId, nowS, type Order, paymentsOf, type World } from './world.ts';

type Body = Record<string, unknown>;

const FIELDS: ReadonlySet<string> = new Set([
  'amount',
  'currency',
  'receipt',
  'unique_receipt',
  'notes',
  'payment',
]);
const MINIMUM_INR = 100;
/** Five lakh rupees: what an account may take until it asks for more. */
const MAXIMUM_INR = 50_000_000;
const MAX_RECEIPT_LENGTH = 40;
const MAX_NOTES = 15;
const MAX_NOTE_LENGTH = 256;

export function createOrder(world: World, body: Body): Answer {
  const { amount, currency, receipt = null, unique_receipt, notes = [], payment } = body;
  const extra = Object.keys(body).find((field) => !FIELDS.has(field));
  if (extra !== undefined)
    return refused(`${extra} is/are not required and should not be sent`, 'extra_field_sent');
  if (!Number.isSafeInteger(amount)) return invalid('The amount must be an integer.');
  if (typeof currency !== 'string') return invalid('The currency field is required.');
  if (currency === 'INR' && Number(amount) < MINIMUM_INR)
    return refused(
      'Order amount less than minimum amount allowed',
      'amount_less_than_minimum_amount',
    );
  if (currency === 'INR' && Number(amount) > MAXIMUM_INR)
    return invalid('Amount exceeds maximum amount allowed.');
  if (String(receipt ?? '').length > MAX_RECEIPT_LENGTH)
    return invalid('The receipt may not be greater than 40 characters.');
  if (Object.keys(notes as object).length > MAX_NOTES)
    return invalid('The notes may not have more than 15 items.');
  if (Object.values(notes as object).some((note) => String(note).length > MAX_NOTE_LENGTH))
    return invalid('The notes may not be greater than 256 characters.');
  if (payment !== undefined && !isCaptureSetting(payment))
    return invalid('The payment capture settings are invalid.');
  const before = [...world.orders.values()].find((order) => receipt && order.receipt === receipt);
  if (unique_receipt === true && before !== undefined) return repeated(before, body);
  const order: Order = {
    id: newId('order'),
    entity: 'order',
    amount: Number(amount),
    amount_paid: 0,
    amount_due: Number(amount),
    currency,
    receipt: receipt as string | null,
    status: 'created',
    attempts: 0,
    notes: notes as Order['notes'],
    created_at: nowS(),
  };
  world.orders.set(order.id, order);
  if ((payment as CaptureSetting | undefined)?.capture === 'manual')
    world.capturedByHand.add(order.id);
  return ok(order);
}

interface CaptureSetting {
  capture: unknown;
  capture_options?: { manual_expiry_period?: unknown; refund_speed?: unknown };
}

/** Five days at most; how fast money goes back that nobody captured has to be said. */
function isCaptureSetting(value: unknown): boolean {
  const { capture, capture_options: options } = value as CaptureSetting;
  if (capture === 'automatic') return true;
  const minutes = Number(options?.manual_expiry_period);
  const isHeld = Number.isInteger(minutes) && minutes >= 12 && minutes <= 7200;
  return (
    capture === 'manual' && isHeld && ['normal', 'optimum'].includes(String(options?.refund_speed))
  );
}

function repeated(before: Order, { amount, currency }: Body): Answer {
  const isSame = before.amount === amount && before.currency === currency;
  return isSame ? ok(before) : invalid('Order receipt should be unique.');
}

function invalid(description: string): Answer {
  return refused(description, 'input_validation_failed');
}

export function getOrder(world: World, orderId: string): Answer {
  const order = world.orders.get(orderId);
  return order === undefined ? NO_SUCH_ID : ok(order);
}

/** Razorpay documents that it finds receipts that contain the value, not only equal ones. */
export function listOrders(world: World, receipt: string | null): Answer {
  const orders = [...world.orders.values()];
  return collection(orders.filter((order) => (order.receipt ?? '').includes(receipt ?? '')));
}

export function patchOrder(world: World, orderId: string, { notes }: Body): Answer {
  const order = world.orders.get(orderId);
  if (order === undefined) return NO_SUCH_ID;
  order.notes = notes as Order['notes'];
  return ok(order);
}

export function listOrderPayments(world: World, orderId: string): Answer {
  if (!world.orders.has(orderId)) return NO_SUCH_ID;
  return collection(paymentsOf(world, orderId));
}
