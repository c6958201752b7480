/** Large payloads as they go to Temporal and come back. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { defaultPayloadConverter, METADATA_ENCODING_KEY, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { COMPRESSED, compressionCodec } from '../../src/encryption/compression-codec.ts';
import { UNDECODABLE } from '../../src/encryption/undecodable.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const MEGABYTE = 1024 * 1024;

function payloadOf(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

function compressed(data: Uint8Array): Payload {
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from(COMPRESSED) }, data };
}

async function decoded(payload: Payload): Promise<unknown> {
  const [plain] = await compressionCodec.decode([payload]);
  assert.ok(plain);
  return defaultPayloadConverter.fromPayload(plain);
}

describe('a payload', () => {
  it('of an order with thousands of captures is far below the 2 MB that Temporal takes', async () => {
    const captures = Array.from({ length: 20_000 }, (_, i) => ({
      captureId: `cap_${i}`,
      paymentId: 'pay_1',
      amountMinor: i,
    }));
    const plain = payloadOf({ captures });
    const [sent] = await compressionCodec.encode([plain]);
    assert.ok(sent?.data);
    assert.ok((plain.data?.length ?? 0) > MEGABYTE);
    assert.ok(sent.data.length < MEGABYTE / 4, `${sent.data.length} bytes`);
    assert.deepEqual(await decoded(sent), { captures });
  });

  it('that is small stays readable in the UI', async () => {
    const plain = payloadOf({ id: 'evt_1' });
    assert.deepEqual(await compressionCodec.encode([plain]), [plain]);
  });

  it('that is not compressed is read as it is', async () => {
    assert.deepEqual(await decoded(payloadOf({ id: 'evt_1' })), { id: 'evt_1' });
  });

  it('that calls itself compressed and is not becomes a marked value, and throws nothing', async () => {
    assert.deepEqual(await decoded(compressed(Buffer.from('no gzip'))), { [UNDECODABLE]: true });
  });

  it('that is far larger than any order becomes a marked value', async () => {
    const huge = PayloadMessage.encode({ data: Buffer.alloc(65 * MEGABYTE) }).finish();
    assert.deepEqual(await decoded(compressed(gzipSync(huge))), { [UNDECODABLE]: true });
  });
});
