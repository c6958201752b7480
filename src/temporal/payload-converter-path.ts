/** Where client and worker find the payload converter: both must name the same module. */
import { fileURLToPath } from 'node:url';

export const PAYLOAD_CONVERTER_PATH = fileURLToPath(
  new URL('../workflows/sdk/payload-converter.ts', import.meta.url),
);
