/**
 * What a process refuses to start with where NODE_ENV is production: whatever is only good enough for
 * one machine and one developer. Every line names the variable, what is wrong, and what to do.
 */

type Variables = Readonly<Record<string, string | undefined>>;

/** Far fewer different characters than any random text of this length has. */
const MIN_DIFFERENT_CHARACTERS = 8;
const PLACEHOLDER =
  /change.?me|replace|example|placeholder|your.?(key|secret)|secret.?here|base64.of/i;
/** How the keys begin that a development stack makes for itself. */
const DEVELOPMENT_KEY = /^payonce_(client|ops)_/;

/** Where the gateways really are; their `_API_BASE` exists for tests. */
const GATEWAY_HOSTS = {
  STRIPE_API_BASE: 'https://api.stripe.com',
  RAZORPAY_API_BASE: 'https://api.razorpay.com',
};

/** Lists of secrets, whose entries may begin with a name and a colon. */
const SECRET_LISTS = [
  'API_KEYS',
  'PAYLOAD_KEYS',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'RAZORPAY_KEY_SECRET',
  'RAZORPAY_WEBHOOK_SECRETS',
  'EFFECTS_SECRET',
];

export function isProduction({ NODE_ENV }: Variables): boolean {
  return NODE_ENV === 'production';
}

/** One line for each setting that an API or a worker may not have in production. */
export function unfitForProduction(given: Variables): string[] {
  if (!isProduction(given)) return [];
  return [...withoutEncryption(given), ...withSandbox(given), ...elsewhere(given), ...weak(given)];
}

/** Whether text is what somebody forgot to replace, and no secret that was ever random. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || new Set(text).size < MIN_DIFFERENT_CHARACTERS;
}

function withoutEncryption({ PAYLOAD_KEYS }: Variables): string[] {
  if (PAYLOAD_KEYS !== undefined) return [];
  return [
    'PAYLOAD_KEYS is missing: in production nothing is stored in Temporal unencrypted; set it to KEY_ID:BASE64 of 32 bytes',
  ];
}

function withSandbox(given: Variables): string[] {
  const set = ['SANDBOX_PORT', 'SANDBOX_WEBHOOK_SECRETS'].filter((name) => given[name]);
  if (set.length > 0)
    return set.map(
      (name) =>
        `${name} is set: in production no sandbox gateway may say that money came; unset it`,
    );
  if (given.STRIPE_SECRET_KEY || given.RAZORPAY_KEY_ID) return [];
  return ['no gateway is configured: set the variables of STRIPE_ or of RAZORPAY_'];
}

function elsewhere(given: Variables): string[] {
  return Object.entries(GATEWAY_HOSTS)
    .filter(([name, base]) => given[name] !== undefined && given[name] !== base)
    .map(([name, base]) => `${name} is not ${base}: it is for tests; unset it`);
}

function weak(given: Variables): string[] {
  return SECRET_LISTS.flatMap((name) =>
    (given[name] ?? '')
      .split(',')
      .map((entry) => weaknessOf(entry.trim().replace(/^[^:]*:/, '')))
      .flatMap((weakness, index) =>
        weakness === null ? [] : [`${name} entry ${index + 1} ${weakness}`],
      ),
  );
}

function weaknessOf(secret: string): string | null {
  if (DEVELOPMENT_KEY.test(secret))
    return 'was made for development by npm start: make one with openssl rand -base64 32';
  if (secret === '' || !isPlaceholder(secret)) return null;
  return 'is a placeholder and no random secret: put the real one in its place';
}
