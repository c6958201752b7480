/** Where client, worker and workflow find the failure converter. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const FAILURE_CONVERTER_PATH = fileURLToPath(
  // The SDK loads it by this name, so it ends as this file does: in .js once it is built.
  new URL(`../encryption/failure-converter${path.extname(import.meta.url)}`, import.meta.url),
);
