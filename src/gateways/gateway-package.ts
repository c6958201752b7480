/** A gateway as a package: its name, what it needs to be configured, what it can do, and how it is created. */
import type { GatewaySetting, GatewaySettings, GatewayValues } from '../config/config.ts';
import type { GatewayCapabilities } from './capabilities.ts';
import type { Gateway } from './gateway.ts';

/** Raised when a package that was built for the version before would no longer work. */
export const GATEWAY_INTERFACE_VERSION = 1;

export interface GatewayPackage {
  /** The version of the interface that it was written for, as a literal: this one's is 1. */
  interfaceVersion: typeof GATEWAY_INTERFACE_VERSION;
  /** As orders, the path of its webhooks and the books have it: a-z, 0-9 and `-`, at most 32. */
  name: string;
  /** As it stands at the beginning of a sentence. */
  title: string;
  /** Of a package of others, each is a variable: `secretKey` of `acme` is ACME_SECRET_KEY. */
  settings: GatewaySettings;
  /** It takes no real money: it is always there in development, and never in production. */
  isForDevelopment?: true;
  capabilities: GatewayCapabilities;
  /** In words, what its codes of refused refunds mean: completes "the gateway refused: ". */
  refusalReasons?: Readonly<Record<string, string>>;
  /**
   * Makes the gateway; asks nothing of it yet.
   *
   * @throws Error with one line that names the variable which is wrong, and says what to do
   */
  create(settings: GatewayValues): Gateway;
}

type ValueOf<S extends GatewaySetting> = S extends { kind: 'secrets' }
  ? string[]
  : S extends { kind: 'choice'; choices: readonly (infer Choice)[] }
    ? Choice
    : S extends { kind: 'own' }
      ? unknown
      : string;

/** What is required or has a default is always there. */
type Fixed<S extends GatewaySettings> = {
  [F in keyof S]: S[F] extends { required: true } | { default: string } ? F : never;
}[keyof S];

/** The values of declared settings, by field. */
export type SettingsOf<S extends GatewaySettings> = {
  [F in Fixed<S>]: ValueOf<S[F]>;
} & { [F in Exclude<keyof S, Fixed<S>>]?: ValueOf<S[F]> };

/** A package whose `create` is given the values of the settings that it declares. */
export function defineGateway<const S extends GatewaySettings>(
  definition: Omit<GatewayPackage, 'settings' | 'create'> & {
    settings: S;
    create(settings: SettingsOf<S>): Gateway;
  },
): GatewayPackage {
  const { create, ...rest } = definition;
  return { ...rest, create: (values) => create(values as SettingsOf<S>) };
}
