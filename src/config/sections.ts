/** From variables to the parts of a configuration. A gateway without its secrets has no part in it. */
import type {
  Config,
  EffectsConfig,
  MetricsConfig,
  RazorpayConfig,
  StripeConfig,
} from './config.ts';
import type { Settings } from './variables.ts';

export function toConfig(settings: Settings): Config {
  const stripe = stripeConfig(settings);
  const razorpay = razorpayConfig(settings);
  return {
    host: settings.HOST,
    port: settings.PORT,
    metrics: metricsConfig(settings),
    dataDir: settings.DATA_DIR,
    ...(settings.DATABASE_URL && { databaseUrl: settings.DATABASE_URL }),
    temporalPort: settings.TEMPORAL_PORT,
    temporalUiPort: settings.TEMPORAL_UI_PORT,
    apiKeys: settings.API_KEYS ?? [],
    rateLimits: {
      clientPerSecond: settings.CLIENT_REQUESTS_PER_SECOND,
      opsPerSecond: settings.OPS_REQUESTS_PER_SECOND,
      failedAuthPerMinute: settings.FAILED_AUTH_PER_MINUTE,
    },
    sandbox: {
      port: settings.SANDBOX_PORT,
      webhookSecrets: settings.SANDBOX_WEBHOOK_SECRETS ?? [],
    },
    ...(stripe && { stripe }),
    ...(razorpay && { razorpay }),
    effects: effectsConfig(settings),
    seller: { name: settings.SELLER_NAME, lines: settings.SELLER_ADDRESS },
    payloadKeys: settings.PAYLOAD_KEYS ?? [],
    orderExpiryMs: settings.ORDER_EXPIRY,
    settlementWindowMs: settings.SETTLEMENT_WINDOW,
    workerCachedOrders: settings.WORKER_CACHED_ORDERS,
    logLevel: settings.LOG_LEVEL,
  };
}

function metricsConfig({ METRICS_PORT: port, NODE_ENV }: Settings): MetricsConfig {
  if (port !== undefined) return { port, isOnApiPort: false };
  return { isOnApiPort: NODE_ENV !== 'production' };
}

function stripeConfig(settings: Settings): StripeConfig | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRETS: webhookSecrets } = settings;
  if (!secretKey || !webhookSecrets) return undefined;
  const { STRIPE_CAPTURE_METHOD: captureMethod } = settings;
  const { STRIPE_ACCOUNT_ID: accountId, STRIPE_API_BASE: apiBase } = settings;
  return {
    secretKey,
    webhookSecrets,
    captureMethod,
    ...(accountId && { accountId }),
    ...(apiBase && { apiBase }),
  };
}

function razorpayConfig(settings: Settings): RazorpayConfig | undefined {
  const { RAZORPAY_KEY_ID: keyId, RAZORPAY_KEY_SECRET: keySecret } = settings;
  const webhookSecrets = settings.RAZORPAY_WEBHOOK_SECRETS;
  if (!keyId || !keySecret || !webhookSecrets) return undefined;
  const { RAZORPAY_ACCOUNT_ID: accountId, RAZORPAY_API_BASE: apiBase } = settings;
  return {
    keyId,
    keySecret,
    webhookSecrets,
    ...(accountId && { accountId }),
    ...(apiBase && { apiBase }),
  };
}

function effectsConfig(settings: Settings): EffectsConfig {
  const { CRM_URL: crmUrl, ACCESS_URL: accessUrl, EFFECTS_SECRET: secret } = settings;
  return { ...(crmUrl && { crmUrl }), ...(accessUrl && { accessUrl }), ...(secret && { secret }) };
}
