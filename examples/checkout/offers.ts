/**
 * Which gateways the shop offers, and which hosts their scripts need. Only what is configured is
 * offered, and only its hosts are allowed: with the sandbox alone a page talks to this shop and no one else.
 */

export interface Offer {
  gateway: 'sandbox' | 'stripe' | 'razorpay' | 'adyen' | 'paypal';
  label: string;
  /** What the gateway's own script needs in the browser; public by design. */
  publishableKey?: string;
}

/**
 * Stripe and Razorpay allow their scripts from their own hosts only: that is their rule, and what keeps
 * card numbers out of this page.
 */
const HOSTS: Record<Offer['gateway'], string> = {
  sandbox: '',
  stripe: 'https://*.stripe.com',
  razorpay: 'https://*.razorpay.com',
  // Its payment links are pages of their own, opened in another tab.
  adyen: '',
  // Its own page as well.
  paypal: '',
};

export function offersOf(env: Readonly<Record<string, string | undefined>>): Offer[] {
  const { STRIPE_PUBLISHABLE_KEY: publishableKey, RAZORPAY_KEY_ID, ADYEN_API_KEY, NODE_ENV } = env;
  const { PAYPAL_CLIENT_ID } = env;
  const offers: Offer[] = [];
  if (publishableKey)
    offers.push({ gateway: 'stripe', label: 'Card or wallet, by Stripe', publishableKey });
  if (RAZORPAY_KEY_ID) offers.push({ gateway: 'razorpay', label: 'UPI or card, by Razorpay' });
  if (ADYEN_API_KEY) offers.push({ gateway: 'adyen', label: 'Card or local method, by Adyen' });
  if (PAYPAL_CLIENT_ID) offers.push({ gateway: 'paypal', label: 'PayPal' });
  if (NODE_ENV !== 'production')
    offers.push({ gateway: 'sandbox', label: 'Sandbox, no real money' });
  return offers;
}

/** The Content-Security-Policy of every page. */
export function policyFor(offers: readonly Offer[]): string {
  const hosts = offers.map(({ gateway }) => HOSTS[gateway]).filter((host) => host !== '');
  const from = ["'self'", ...hosts].join(' ');
  const rules = [
    "default-src 'none'",
    `script-src ${from}`,
    `connect-src ${from}`,
    `img-src ${from} data:`,
    // Their overlays style themselves.
    `style-src 'self'${hosts.length > 0 ? " 'unsafe-inline'" : ''}`,
    `frame-src ${hosts.join(' ') || "'none'"}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return rules.join('; ');
}
