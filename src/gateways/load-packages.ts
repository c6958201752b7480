/**
 * Loads the gateways that PAYONCE_GATEWAYS names, and checks each before anything is made of it. What is wrong
 * with one is a line that says what to do.
 */
import module, { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { GATEWAY_INTERFACE_VERSION, type GatewayPackage } from './gateway-package.ts';
import { gatewayPackageSchema, whereOf } from './schemas.ts';

export interface LoadedPackages {
  packages: readonly GatewayPackage[];
  /** One line each. */
  problems: readonly string[];
}

const VARIABLE = 'PAYONCE_GATEWAYS';
const OWN_NAME = 'payonce/gateway';

/**
 * @param names packages, which are looked for where Payonce is installed, or paths of files (`./`, `../` or `/`),
 *   which are looked for from the working directory
 * @param builtIn the gateways whose names are taken
 */
export async function loadPackages(
  names: readonly string[],
  builtIn: readonly GatewayPackage[],
): Promise<LoadedPackages> {
  const packages: GatewayPackage[] = [];
  const problems: string[] = [];
  const ownerOf = new Map(builtIn.map(({ name }) => [name, 'Payonce itself']));
  for (const name of names) {
    const loaded = await loadPackage(name);
    if ('problem' in loaded) {
      problems.push(`${VARIABLE} names ${name}, ${loaded.problem}`);
      continue;
    }
    const owner = ownerOf.get(loaded.name);
    if (owner !== undefined)
      problems.push(
        `${VARIABLE} names ${name}, whose gateway is called ${loaded.name} like that of ${owner}: remove one of them`,
      );
    else packages.push(loaded);
    ownerOf.set(loaded.name, owner ?? name);
  }
  return { packages, problems };
}

/** One package, as it is in a module; what has been loaded before is not loaded again. */
export async function loadPackage(name: string): Promise<GatewayPackage | { problem: string }> {
  const imported = await importModule(name);
  return 'problem' in imported ? imported : packageOf(imported.exports);
}

/** The exports of a package, or of a file. */
export async function importModule(
  name: string,
): Promise<{ exports: Record<string, unknown> } | { problem: string }> {
  resolveOwnPackage();
  const specifier = /^(\.{1,2})?\//.test(name) ? pathToFileURL(path.resolve(name)).href : name;
  try {
    return { exports: (await import(specifier)) as Record<string, unknown> };
  } catch (error) {
    return { problem: problemOf(error, specifier) };
  }
}

function problemOf(error: unknown, specifier: string): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const [summary = ''] = message.split('\n');
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(summary)?.[1] ?? specifier;
  const isItself = missing === specifier || pathToFileURL(missing).href === specifier;
  if (isMissing && isItself)
    return specifier.startsWith('file:')
      ? 'which is not there: correct the path, which begins at the working directory'
      : 'which is not installed: install it where Payonce is, or write ./ before the name of a file';
  if (isMissing) return `which imports ${missing}, and that is not installed: install it beside it`;
  return `which cannot be loaded (${summary}): correct it, or take it out`;
}

function packageOf(exports: Record<string, unknown>): GatewayPackage | { problem: string } {
  const given = (exports.default ?? exports) as { interfaceVersion?: unknown };
  const version = given.interfaceVersion;
  if (typeof version === 'number' && version !== GATEWAY_INTERFACE_VERSION)
    return {
      problem: `which is built for version ${version} of the gateway interface, and this Payonce has version ${GATEWAY_INTERFACE_VERSION}: install a release of the package for version ${GATEWAY_INTERFACE_VERSION}, or a Payonce with version ${version}`,
    };
  const read = gatewayPackageSchema.safeParse(given);
  if (read.success) return given as GatewayPackage;
  return {
    problem: `whose default export is no gateway (${whereOf(read.error)}): export default defineGateway({ … }) of payonce/gateway`,
  };
}

let isRegistered = false;

function resolveOwnPackage(): void {
  if (isRegistered) return;
  isRegistered = true;
  const own = new URL(`kit${path.extname(import.meta.url)}`, import.meta.url).href;
  // Node 20 has no hooks of the same thread, and Node 26 warns of those of another one.
  const { registerHooks }: Partial<Pick<typeof module, 'registerHooks'>> = module;
  if (registerHooks)
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier === OWN_NAME ? own : specifier, context),
    });
  else register(new URL('resolve-payonce.mjs', import.meta.url), { data: own });
}
