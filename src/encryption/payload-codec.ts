/**
 * Encrypts everything that Temporal stores for us. What can never be read again becomes a marked value,
 * as a payload that throws while a signal is delivered would keep every later signal out.
 */
import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import { type Keyring, UnknownKeyError } from './keyring.ts';
import { UNDECODABLE } from './undecodable.ts';

/** The encoding that an encrypted payload names. */
export const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

export function createPayloadCodec(keyring: Keyring): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(keyring, payload)),
    decode: async (payloads) => payloads.map((payload) => decrypt(keyring, payload)),
  };
}

/** The whole payload, its metadata too: how a value is encoded says something about it. */
function encrypt(keyring: Keyring, payload: Payload): Payload {
  const plain = PayloadMessage.encode(payload).finish();
  return {
    metadata: {
      [METADATA_ENCODING_KEY]: new TextEncoder().encode(ENCRYPTED),
      [KEY_ID]: new TextEncoder().encode(keyring.sealingKeyId),
    },
    data: keyring.seal(plain),
  };
}

/** @throws UnknownKeyError, which passes once the key is configured: the task is tried again until then. */
function decrypt(keyring: Keyring, { metadata, data }: Payload): Payload {
  const encoding = metadata?.[METADATA_ENCODING_KEY];
  // With keys configured nothing plain is believed: anything that reaches Temporal could have written it.
  if (!encoding || !data || Buffer.from(encoding).toString() !== ENCRYPTED) return unreadable();
  try {
    return PayloadMessage.decode(keyring.open(data));
  } catch (error) {
    if (error instanceof UnknownKeyError) throw error;
    return unreadable();
  }
}

function unreadable(): Payload {
  return defaultPayloadConverter.toPayload({ [UNDECODABLE]: true });
}
