/** Where client, worker and workflow find the failure converter. */
import { fileURLToPath } from 'node:url';

export const FAILURE_CONVERTER_PATH = fileURLToPath(
  new URL('../encryption/failure-converter.ts', import.meta.url),
);
