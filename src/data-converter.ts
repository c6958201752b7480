/** How values become what Temporal stores: the same for client and worker, or they could not talk. */
import type { DataConverter } from '@temporalio/common';
import type { PayloadKey } from './config-formats.ts';
import { createKeyring, type Keyring } from './encryption/keyring.ts';
import { createPayloadCodec } from './encryption/payload-codec.ts';
import { PAYLOAD_CONVERTER_PATH } from './payload-converter-path.ts';

/** The keyring of `PAYLOAD_KEYS`; null where nothing is encrypted. */
export function keyringOf(keys: readonly PayloadKey[]): Keyring | null {
  const [sealing, ...others] = keys;
  return sealing === undefined ? null : createKeyring([sealing, ...others]);
}

export function createDataConverter(keyring: Keyring | null): DataConverter {
  return {
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    ...(keyring === null ? {} : { payloadCodecs: [createPayloadCodec(keyring)] }),
  };
}
