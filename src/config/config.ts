/**
 * The environment, checked once when a process starts. Nothing else may read `process.env`, and
 * nothing may listen before this has accepted every value.
 */
import type { ConsoleRole } from './formats.ts';
import { type DeclaredGateway, gatewaySections, given, variablesOf } from './gateways.ts';
import { unfitPaperNumbers } from './paper-numbers.ts';
import { isProduction, unfitForProduction } from './production.ts';
import { redacting } from './redaction.ts';
import { type Environment, readSettings } from './settings.ts';
import { type Settings, tableWith, VARIABLES } from './variables.ts';

export { type ApiKey, type ApiScope, apiKeyText, hasEnded } from './api-key.ts';
export type { ConsoleRole, PayloadKey } from './formats.ts';
export type {
  DeclaredGateway,
  GatewaySetting,
  GatewaySettings,
  GatewayValues,
} from './gateways.ts';
export { ConfigError, type Environment } from './settings.ts';
export type { LogLevel } from './variables.ts';

/** How often one API key may call, and one address name a wrong key; 0 is without a limit. */
export type RateLimitsConfig = {
  clientPerSecond: number;
  opsPerSecond: number;
  failedAuthPerMinute: number;
};

/** Every setting of Payonce; durations in milliseconds, `dataDir` absolute. Printed, it shows no secret. */
export type Config = ReturnType<typeof toConfig>;

/**
 * The settings of one API or worker process, which cannot run without a database, and which knows no
 * gateway for development in production.
 */
export type ServiceConfig = Omit<Config, 'sandbox' | 'databaseUrl'> & { databaseUrl: string };

/**
 * Reads the settings; an empty variable counts as absent, and `NAME_FILE` names the file of a secret.
 * @throws ConfigError with one line per problem.
 */
export function loadConfig(env: Environment, gateways: readonly DeclaredGateway[] = []): Config {
  const table = tableWith(gateways);
  const settings = readSettings(env, 'stack', { table, furtherProblems: unfitPaperNumbers });
  return redacting(toConfig(settings, gateways), settings, table);
}

/**
 * Variables that a process takes up while it runs, where they lie in files: the settings of gateways, and an API its
 * keys.
 */
export function renewableSecrets(
  reader: 'api' | 'worker',
  gateways: readonly DeclaredGateway[],
): string[] {
  const table = tableWith(gateways);
  const ofGateways = [...Object.keys(variablesOf(gateways)), 'SANDBOX_WEBHOOK_SECRETS'];
  const own = reader === 'api' ? ['API_KEYS'] : [];
  return [...own, ...ofGateways].filter((name) => table[name]?.about.secret);
}

/** The packages of further gateways, as they are named. */
export function gatewayPackageNames(env: Environment): readonly string[] {
  return readSettings(env, 'gateways').PAYONCE_GATEWAYS ?? [];
}

/** One line for each variable of a gateway that is Payonce's own, or another gateway's. */
export function variablesTaken(gateways: readonly DeclaredGateway[]): string[] {
  const owners = new Map<string, string>(Object.keys(VARIABLES).map((name) => [name, 'Payonce']));
  return gateways.flatMap((gateway) =>
    Object.keys(variablesOf([gateway])).flatMap((name) => {
      const owner = owners.get(name);
      owners.set(name, gateway.name);
      if (owner === undefined) return [];
      return [
        `${name} is declared by the gateway ${gateway.name}, and it is a variable of ${owner}: the package has to call its setting, or its gateway, otherwise`,
      ];
    }),
  );
}

/**
 * Reads the settings of a process that runs alone. With NODE_ENV=production it refuses what is only fit for
 * development.
 * @throws ConfigError with one line per problem.
 */
export function loadServiceConfig(
  env: Environment,
  role: 'api' | 'worker',
  gateways: readonly DeclaredGateway[],
): ServiceConfig {
  const table = tableWith(gateways);
  const furtherProblems = (set: Environment) => [
    ...unfitForProduction(set, role, table),
    ...unfitPaperNumbers(set),
  ];
  const settings = readSettings(env, role, { furtherProblems, table });
  const wanted = gateways.filter((one) => !isProduction(env) || !one.isForDevelopment);
  const { sandbox: _, ...config } = toConfig(settings, wanted);
  const service = { ...config, databaseUrl: settings.DATABASE_URL };
  return redacting(service, settings, table);
}

function toConfig(
  settings: Settings<'stack'> & Readonly<Record<string, unknown>>,
  gateways: readonly DeclaredGateway[],
) {
  return {
    host: settings.HOST,
    port: settings.PORT,
    metrics: metricsSection(settings),
    ...given({ consolePort: settings.CONSOLE_PORT, signIn: signInSection(settings) }),
    dataDir: settings.DATA_DIR,
    ...given({ databaseUrl: settings.DATABASE_URL }),
    temporalPort: settings.TEMPORAL_PORT,
    temporalUiPort: settings.TEMPORAL_UI_PORT,
    ...given({ temporalUiUrl: settings.TEMPORAL_UI_URL }),
    apiKeys: settings.API_KEYS ?? [],
    rateLimits: {
      clientPerSecond: settings.CLIENT_REQUESTS_PER_SECOND,
      opsPerSecond: settings.OPS_REQUESTS_PER_SECOND,
      failedAuthPerMinute: settings.FAILED_AUTH_PER_MINUTE,
    },
    /** Is the access of new orders withheld while a dispute is open? */
    holdsAccessWhileDisputed: settings.ACCESS_WHILE_DISPUTED === 'held',
    /** Of one order, how much a key of scope `support` may give back. */
    supportRefundLimits: settings.SUPPORT_REFUND_LIMITS ?? {},
    /** Of one order, how much may be written off. */
    writeOffLimits: settings.WRITE_OFF_LIMITS ?? {},
    /** The sandbox gateway's listener on this machine, and what it signs its webhooks with. */
    sandbox: {
      port: settings.SANDBOX_PORT,
      webhookSecrets: settings.SANDBOX_WEBHOOK_SECRETS ?? [],
    },
    /** Of each gateway that is configured, the values of its settings. */
    gateways: gatewaySections(gateways, settings),
    /** Where effects are posted as well as into the local tables, and the secret that signs them. */
    effects: given({
      crmUrl: settings.CRM_URL,
      accessUrl: settings.ACCESS_URL,
      secret: settings.EFFECTS_SECRET,
    }),
    /** Who sells, as new papers print it. */
    seller: {
      name: settings.SELLER_NAME,
      lines: settings.SELLER_ADDRESS,
      ...(settings.SELLER_TAX_IDS.length > 0 && { taxIds: settings.SELLER_TAX_IDS }),
      ...(settings.SELLER_FOOTER.length > 0 && { footer: settings.SELLER_FOOTER }),
      ...given({ country: settings.SELLER_COUNTRY, vatId: settings.SELLER_VAT_ID }),
    },
    /** The seller's picture; absent where there is none. */
    ...given({ sellerLogoFile: settings.SELLER_LOGO_FILE }),
    /** How new papers are numbered. */
    paperNumbers: {
      invoice: settings.INVOICE_NUMBERS,
      credit_note: settings.CREDIT_NOTE_NUMBERS,
    },
    payloadKeys: settings.PAYLOAD_KEYS ?? [],
    orderExpiryMs: settings.ORDER_EXPIRY,
    settlementWindowMs: settings.SETTLEMENT_WINDOW,
    /** The YAML file with the settings of the books; absent where the defaults do. */
    ...given({ booksFile: settings.BOOKS_FILE }),
    /** How many orders a worker keeps in memory; any other is replayed from its history when it is needed. */
    workerCachedOrders: settings.WORKER_CACHED_ORDERS,
    logLevel: settings.LOG_LEVEL,
  };
}

/** How people sign in to the console by an OpenID provider. Claims and scopes are in its words. */
export type SignInConfig = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** With blanks between them. */
  scopes: string;
  roles: readonly ConsoleRole[];
  rolesClaim: string;
  nameClaim: string;
  /** For people. */
  providerName: string;
  /** The origin of the console, as browsers see it. */
  consoleUrl: string;
  /** Newest first. */
  sessionSecrets: readonly string[];
  sessionMs: number;
};

/** Undefined where people sign in with API keys. */
function signInSection(settings: Settings<'stack'>): SignInConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_ROLES: roles } = settings;
  const { OIDC_CLIENT_SECRET: clientSecret, CONSOLE_URL: consoleUrl } = settings;
  const { CONSOLE_SESSION_SECRETS: sessionSecrets } = settings;
  if (!issuer || !clientId || !clientSecret || !roles || !consoleUrl || !sessionSecrets)
    return undefined;
  return {
    ...{ issuer, clientId, clientSecret, roles, consoleUrl, sessionSecrets },
    scopes: settings.OIDC_SCOPES,
    rolesClaim: settings.OIDC_ROLES_CLAIM,
    nameClaim: settings.OIDC_NAME_CLAIM,
    providerName: settings.OIDC_PROVIDER_NAME ?? new URL(issuer).host,
    sessionMs: settings.CONSOLE_SESSION_LIFETIME,
  };
}

/**
 * Where metrics are served: on `port`, and on the API's own port only in development. What they say of
 * the business is not for every caller of the API.
 */
function metricsSection({ METRICS_PORT: port, NODE_ENV }: Settings<'stack'>) {
  if (port !== undefined) return { port, isOnApiPort: false };
  return { isOnApiPort: NODE_ENV !== 'production' };
}
