/**
 * The Temporal server as production runs it, and the tool that makes its database: built from the Go
 * module that `tools/temporal-server` pins. The development server needs neither.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../src/config/config.ts';
import { buildWithGo, type GoBuildContext } from '../../src/dev/temporal/go-build.ts';
import { cachedServerFolder } from '../../src/dev/temporal/temporal-cli-cache.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

/** The folder of both programs, and the server's path in it. */
export type ServerPrograms = { folder: string; server: string; sqlTool: string };

const MODULE_FOLDER = fileURLToPath(new URL('../../tools/temporal-server', import.meta.url));
const MODULE = 'go.temporal.io/server';

/** The programs that were built on this machine before; nothing when none were. */
export function builtTemporalServer(env: Environment): ServerPrograms | undefined {
  const programs = programsIn(cachedServerFolder(env, pinnedVersion()));
  return existsSync(programs.server) ? programs : undefined;
}

/**
 * Gives the programs, and builds them first where there are none.
 * @throws SetupError when they cannot be built.
 */
export async function temporalServerPrograms(context: GoBuildContext): Promise<ServerPrograms> {
  const version = pinnedVersion();
  const folder = cachedServerFolder(context.env, version);
  const build = {
    name: `Temporal server ${version}`,
    moduleFolder: MODULE_FOLDER,
    packages: [`${MODULE}/cmd/server`, `${MODULE}/cmd/tools/sql`],
    target: `${folder}/`,
  };
  await buildWithGo(build, context).catch((error: unknown) => {
    context.signal?.throwIfAborted();
    throw new SetupError(
      `The Temporal server ${version} cannot be built: ${(error as Error).message}. Install Go 1.26 or newer (https://go.dev/dl).`,
    );
  });
  return programsIn(folder);
}

/** Go names a program after its package's folder. */
function programsIn(folder: string): ServerPrograms {
  return { folder, server: path.join(folder, 'server'), sqlTool: path.join(folder, 'sql') };
}

function pinnedVersion(): string {
  const goMod = readFileSync(path.join(MODULE_FOLDER, 'go.mod'), 'utf8');
  const [, version] = /^\t?(?:require )?go\.temporal\.io\/server v(\S+)$/m.exec(goMod) ?? [];
  if (version === undefined) throw new Error(`${MODULE_FOLDER}/go.mod does not pin ${MODULE}`);
  return version;
}
