import { fileURLToPath } from 'node:url';

export { Stryker } from '@stryker-mutator/core';

/** Its path, as Stryker looks for plugins from where the project is. */
export const MOCHA_RUNNER = fileURLToPath(import.meta.resolve('@stryker-mutator/mocha-runner'));
