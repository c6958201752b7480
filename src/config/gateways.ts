/**
 * The settings of gateways. A gateway declares them as data; their variables, and what becomes of them in a
 * configuration, follow from that in one way, for those of Payonce and for packages of others.
 */
import type { z } from 'zod';
import * as format from './formats.ts';
import { type About, oneOf, text, type Variable, type Variables, variable } from './variable.ts';

interface Declared {
  /** A part of a sentence, for the documents and `payonce doctor`. */
  meaning: string;
  /** Never shown; may lie in a file, `NAME_FILE`. */
  secret?: true;
  /** The gateway takes part once all of its required settings are there. */
  required?: true;
  /** The only value that production takes; any other is for tests. */
  inProductionOnly?: string;
}

/** What kind of value a setting is; a default is written as in the environment. */
export type GatewaySetting =
  | (Declared & {
      kind: 'text';
      default?: string;
      /** What it looks like; `says` completes "NAME must". */
      pattern?: { matches: RegExp; says: string };
    })
  | (Declared & { kind: 'choice'; choices: readonly string[]; default?: string })
  /** An http or https address, without a slash at its end. */
  | (Declared & { kind: 'url'; default?: string })
  /** One or two, comma-separated, newest first: what a rotation needs. */
  | (Declared & { kind: 'secrets' })
  /** A variable of Payonce's own table, for its own sandbox alone. */
  | { kind: 'own'; variable: string };

/** By the field of the settings that the gateway is created with. */
export type GatewaySettings = Readonly<Record<string, GatewaySetting>>;

/** What the configuration has to know of a gateway. */
export interface DeclaredGateway {
  /** As orders name it. */
  name: string;
  settings: GatewaySettings;
  /** It takes no real money, and no part in production. */
  isForDevelopment?: true;
}

/** The values of one gateway's settings, by field; what is absent is left out. */
export type GatewayValues = Readonly<Record<string, unknown>>;

/** `secretKey` of `stripe` is `STRIPE_SECRET_KEY`. */
export function variableOf(gateway: string, field: string): string {
  const words = field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`);
  return `${prefixOf(gateway)}${words.toUpperCase()}`;
}

/** What the names of a gateway's variables begin with. */
export function prefixOf(gateway: string): string {
  return `${gateway.replaceAll('-', '_').toUpperCase()}_`;
}

/** The variables of gateways, by name. */
export function variablesOf(gateways: readonly DeclaredGateway[]): Variables {
  return Object.fromEntries(
    gateways.flatMap(({ name, settings }) => {
      const required = requiredOf(name, settings);
      return Object.entries(settings).flatMap(([field, setting]) =>
        setting.kind === 'own'
          ? []
          : [[variableOf(name, field), toVariable(setting, variableOf(name, field), required)]],
      );
    }),
  );
}

/** Every gateway whose required settings are all there, with the values of its settings. */
export function gatewaySections(
  gateways: readonly DeclaredGateway[],
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, GatewayValues>> {
  const sections = gateways.map(({ name, settings: declared }) => {
    const isConfigured = requiredOf(name, declared).every((one) => settings[one] !== undefined);
    return isConfigured ? [[name, valuesOf(name, declared, settings)] as const] : [];
  });
  return Object.fromEntries(sections.flat());
}

function valuesOf(
  name: string,
  declared: GatewaySettings,
  settings: Readonly<Record<string, unknown>>,
): GatewayValues {
  return given(
    Object.fromEntries(
      Object.entries(declared).map(([field, setting]) => [
        field,
        settings[setting.kind === 'own' ? setting.variable : variableOf(name, field)],
      ]),
    ),
  );
}

function requiredOf(name: string, settings: GatewaySettings): string[] {
  return Object.entries(settings)
    .filter(([, setting]) => setting.kind !== 'own' && setting.required)
    .map(([field]) => variableOf(name, field));
}

/** The first required one says that the gateway is wanted: it needs the others, and each of them needs it. */
function toVariable(
  setting: Exclude<GatewaySetting, { kind: 'own' }>,
  name: string,
  required: readonly string[],
): Variable<unknown, 'api', 'api'> {
  const [first, ...others] = required;
  const needs = name === first ? others : setting.required && first ? [first] : [];
  const about: About = {
    meaning: setting.meaning,
    ...('default' in setting && setting.default !== undefined && { default: setting.default }),
    ...((setting.secret || setting.kind === 'secrets') && { secret: 'random' as const }),
    ...(needs.length > 0 && { needs }),
    ...(name === first && { isGateway: true as const }),
    ...(setting.inProductionOnly && { inProduction: { only: setting.inProductionOnly } }),
  };
  return variable(formatOf(setting), about) as Variable<unknown, 'api', 'api'>;
}

function formatOf(
  setting: Exclude<GatewaySetting, { kind: 'own' }>,
): z.ZodType<string | string[], string> {
  switch (setting.kind) {
    case 'choice':
      return oneOf(setting.choices);
    case 'url':
      return format.httpUrl;
    case 'secrets':
      return format.gatewaySecrets;
    case 'text':
      return setting.pattern
        ? text.regex(setting.pattern.matches, `must ${setting.pattern.says}`)
        : text;
  }
}

/** What is absent is left out, and not undefined. */
export function given<T extends Record<string, unknown>>(
  values: T,
): { [N in keyof T]?: NonNullable<T[N]> } {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [N in keyof T]?: NonNullable<T[N]> };
}
