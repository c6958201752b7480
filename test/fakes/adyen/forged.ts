/** Items that Adyen might send of a payment, whether it is so or not: banks and replayers say anything. */
import { readReference, referenceOf } from '../../../src/gateways/adyen/payloads.ts';
import type { Told as Wanted } from '../../support/gateway-driver.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import { type Account, newPsp, type Told } from './account.ts';
import { toAdyen } from './stored.ts';

/** A payment that is named otherwise than by a reference has one of an installation that nobody knows. */
const STRANGER = { installationId: `ins_${'9'.repeat(32)}`, isManual: true, attempt: 1 };

/** Null for what Adyen has no webhook for. */
export function forged(account: Account, wanted: Wanted): Told | null {
  const { type, paymentId: given, orderId, amountMinor = AMOUNT } = wanted;
  const paymentId = readReference(given) === null ? referenceOf({ ...STRANGER, orderId }) : given;
  const links = [...account.links.values()];
  const link = links.find(({ reference }) => reference === paymentId);
  const payment = link && account.paidBy(link);
  const amount = toAdyen(amountMinor, CURRENCY);
  const original = payment?.psp ?? newPsp();
  const about = { link: link ?? { reference: paymentId, amount, metadata: {} }, amount };
  const own = { ...about, psp: original };
  const change = { ...about, original, psp: newPsp() };
  const captured = { ...change, psp: payment?.captures[0]?.psp ?? change.psp };
  const refunded = { ...change, psp: idOf(wanted.refundId) ?? change.psp };
  const disputed = {
    ...change,
    psp: idOf(wanted.disputeId) ?? payment?.dispute?.psp ?? change.psp,
  };
  switch (type) {
    case 'payment.authorized':
      return { eventCode: 'AUTHORISATION', ...own };
    case 'payment.captured':
      return { eventCode: 'CAPTURE', ...captured };
    case 'payment.failed':
      return { eventCode: 'AUTHORISATION', success: false, ...own };
    case 'payment.expired':
      return { eventCode: 'EXPIRE', ...own };
    case 'payment.voided':
      return { eventCode: 'CANCELLATION', ...change };
    case 'capture.reversed':
      return { eventCode: 'CAPTURE_FAILED', ...captured };
    case 'capture.refused':
      return { eventCode: 'CAPTURE', success: false, ...change };
    case 'void.refused':
      return { eventCode: 'CANCELLATION', success: false, ...change };
    case 'refund.succeeded':
      return { eventCode: 'REFUND', ...refunded };
    case 'refund.failed':
      return { eventCode: 'REFUND', success: false, ...refunded };
    case 'refund.reversed':
      return { eventCode: 'REFUNDED_REVERSED', ...refunded };
    case 'dispute.opened':
      return { eventCode: 'NOTIFICATION_OF_CHARGEBACK', ...disputed };
    case 'dispute.won':
      return { eventCode: 'CHARGEBACK_REVERSED', ...disputed };
    case 'dispute.lost':
      return { eventCode: 'CHARGEBACK', ...disputed };
    case 'payment.pending':
    case 'refund.pending':
      return null;
  }
}

/** Letters and digits alone, as all of Adyen's ids are. */
function idOf(given: string | undefined): string | undefined {
  return given?.replaceAll(/[^A-Za-z0-9]/g, '');
}
