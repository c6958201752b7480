/**
 * Compresses large payloads. Temporal refuses a payload of more than 2 MB and fails the run that it belongs
 * to, and the ledger of an order with thousands of captures is larger. Small ones stay readable in
 * Temporal's UI.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import { UNDECODABLE } from './undecodable.ts';

/** The encoding that a compressed payload names. */
export const COMPRESSED = 'binary/gzip';
/** In bytes. */
const COMPRESSED_FROM = 128 * 1024;
/** In bytes: a small text may claim to be a huge one. */
const LARGEST_PLAIN = 64 * 1024 * 1024;
/** The fastest: JSON with recurring keys shrinks to a tenth all the same. */
const LEVEL = 1;

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const deflate = promisify<Uint8Array, { level: number }, Buffer>(gzip);
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

export const compressionCodec: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map(compress)),
  decode: (payloads) => Promise.all(payloads.map(decompress)),
};

async function compress(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < COMPRESSED_FROM) return payload;
  const data = await deflate(PayloadMessage.encode(payload).finish(), { level: LEVEL });
  return { metadata: { [METADATA_ENCODING_KEY]: new TextEncoder().encode(COMPRESSED) }, data };
}

async function decompress(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (!encoding || Buffer.from(encoding).toString() !== COMPRESSED || !payload.data) return payload;
  try {
    const plain = await inflate(payload.data, { maxOutputLength: LARGEST_PLAIN });
    return PayloadMessage.decode(plain);
  } catch {
    // Thrown while a signal is delivered, the error would keep every later signal out.
    return defaultPayloadConverter.toPayload({ [UNDECODABLE]: true });
  }
}
