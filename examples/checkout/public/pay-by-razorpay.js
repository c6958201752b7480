/**
 * Razorpay's checkout, an overlay. Its script must come from Razorpay's own host. On success it hands over
 * a signature, which goes to the server with the payment's id: it proves whose payment it is.
 */
import { loadScript } from './load-script.js';

const SCRIPT = 'https://checkout.razorpay.com/v1/checkout.js';

let open = null;

export async function openCheckout({ order, checkout: { orderId, keyId }, verify }) {
  await loadScript(SCRIPT);
  // Pressed again: the overlay for this payment is open already.
  if (open === orderId) return;
  open = orderId;
  const overlay = new window.Razorpay({
    key: keyId,
    order_id: orderId,
    amount: order.amount - order.amountPaid,
    currency: order.currency,
    name: 'The Night Reader',
    handler: ({ razorpay_payment_id: paymentId, razorpay_signature: signature }) => {
      open = null;
      return verify({ paymentId, signature });
    },
    modal: {
      ondismiss: () => {
        open = null;
        return verify();
      },
    },
  });
  overlay.open();
}
