/** How values become what Temporal stores: the same for client and worker, or they could not talk. */
import type { DataConverter } from '@temporalio/common';
import type { PayloadKey } from '../config/formats.ts';
import { compressionCodec } from '../encryption/compression-codec.ts';
import { createKeyring, type Keyring } from '../encryption/keyring.ts';
import { createPayloadCodec } from '../encryption/payload-codec.ts';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path.ts';
import { PAYLOAD_CONVERTER_PATH } from './payload-converter-path.ts';

/** The keyring of `PAYLOAD_KEYS`; null where nothing is encrypted. */
export function keyringOf(keys: readonly PayloadKey[]): Keyring | null {
  const [sealing, ...others] = keys;
  return sealing === undefined ? null : createKeyring([sealing, ...others]);
}

/** Without keys errors stay readable in Temporal's UI; with them, nothing that an error says is. */
export function createDataConverter(keyring: Keyring | null): DataConverter {
  const payloadConverterPath = PAYLOAD_CONVERTER_PATH;
  if (keyring === null) return { payloadConverterPath, payloadCodecs: [compressionCodec] };
  return {
    payloadConverterPath,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    // What is encrypted cannot be compressed any more.
    payloadCodecs: [compressionCodec, createPayloadCodec(keyring)],
  };
}
