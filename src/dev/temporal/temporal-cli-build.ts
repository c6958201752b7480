/**
 * Builds the Temporal CLI from the Go module that `tools/temporal-cli` pins, once per machine.
 */
import { fileURLToPath } from 'node:url';
import { buildWithGo } from './go-build.ts';
import { type CliLookup, cachedCliPath } from './temporal-cli-cache.ts';

const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';

/** Builds the CLI into the cache and gives its path; a build of another process is waited for. */
export async function buildTemporalCli(lookup: CliLookup): Promise<string> {
  const { env, version } = lookup;
  const target = cachedCliPath(env, version);
  await buildWithGo(
    {
      name: `Temporal CLI ${version}`,
      moduleFolder: fileURLToPath(new URL('../../../tools/temporal-cli', import.meta.url)),
      packages: ['github.com/temporalio/cli/cmd/temporal'],
      target,
      linkerFlags: `-X ${VERSION_VARIABLE}=${version}`,
    },
    lookup,
  );
  return target;
}
