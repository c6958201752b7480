/**
 * Payloads as Temporal's UI and CLI send them: protobuf's JSON, with bytes as base64. What this cannot
 * open is given back as it came, so that one lost key does not hide the rest of a history.
 */
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { COMPRESSED, compressionCodec } from '../encryption/compression-codec.ts';
import { ENCRYPTED } from '../encryption/payload-codec.ts';

const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

/** The body of a request to decode. */
export const payloadsSchema = z.object({
  payloads: z.array(
    z.object({ metadata: z.record(z.string(), bytes).default({}), data: bytes.optional() }),
  ),
});

export interface JsonPayload {
  metadata: Record<string, string>;
  data?: string;
}

export async function decodePayload(codec: PayloadCodec, payload: Payload): Promise<JsonPayload> {
  const opened = encodingOf(payload) === ENCRYPTED ? await decrypted(codec, payload) : payload;
  if (encodingOf(opened) !== COMPRESSED) return toJson(opened);
  const [plain = opened] = await compressionCodec.decode([opened]);
  return toJson(plain);
}

async function decrypted(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  const [opened = payload] = await codec.decode([payload]).catch(() => [payload]);
  return opened;
}

function encodingOf({ metadata }: Payload): string {
  return Buffer.from(metadata?.[METADATA_ENCODING_KEY] ?? []).toString();
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const named = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(named), ...(data && { data: base64(data) }) };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
