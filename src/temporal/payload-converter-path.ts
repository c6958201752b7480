/** Where client and worker find the payload converter: both must name the same module. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const PAYLOAD_CONVERTER_PATH = fileURLToPath(
  // The SDK loads it by this name, so it ends as this file does: in .js once it is built.
  new URL(`../workflows/sdk/payload-converter${path.extname(import.meta.url)}`, import.meta.url),
);
