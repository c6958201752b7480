/** Signatures while a secret is replaced, at the edges of time, and of any length. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { WebhookRejection } from '../../src/gateways/gateway.ts';
import { gatewayIdempotencyKey } from '../../src/gateways/idempotency-key.ts';
import { createSandboxGateway } from '../../src/gateways/sandbox/index.ts';

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const NEW = secretOf(1);
const OLD = secretOf(2);
const STRANGE = secretOf(3);
const BODY = Buffer.from('{"type":"customer.created"}');

/** What becomes of a webhook; `signature` replaces the one that the secret makes. */
function fate(secret: string, { ageS = 0, signature }: { ageS?: number; signature?: string } = {}) {
  const atS = Math.floor(Date.now() / 1000) - ageS;
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(atS),
    'webhook-signature':
      signature ?? new Webhook(secret).sign('evt_1', new Date(atS * 1000), BODY.toString()),
  };
  const gateway = createSandboxGateway({ baseUrl: 'http://x', webhookSecrets: [NEW, OLD] });
  try {
    return gateway.readWebhook(BODY, headers).kind;
  } catch (error) {
    if (error instanceof WebhookRejection) return error.code;
    throw error;
  }
}

describe('the signature of a webhook at the sandbox, T45', () => {
  it('is good with either of two secrets, and with no other', () => {
    assert.deepEqual(
      [NEW, OLD, STRANGE].map((secret) => fate(secret)),
      ['ignored', 'ignored', 'signature_invalid'],
    );
  });

  it('is good for five minutes in either direction', () => {
    assert.deepEqual(
      [290, -290].map((ageS) => fate(NEW, { ageS })),
      ['ignored', 'ignored'],
    );
    const off = 'timestamp_out_of_tolerance';
    assert.deepEqual(
      [310, -310].map((ageS) => fate(NEW, { ageS })),
      [off, off],
    );
  });

  it('is refused and never throws when it is shorter, longer or no base64', () => {
    const refusals = ['signature_invalid', 'signature_malformed', 'signature_missing'];
    const odd = [
      'v1,AAAA',
      `v1,${'A'.repeat(4096)}`,
      'v1,=',
      'v2,AAAA',
      'v1,',
      '',
      'v1,Ü',
      'v1,AA v1',
    ];
    for (const signature of odd) assert.ok(refusals.includes(fate(NEW, { signature })), signature);
  });
});

describe('the key of a call to a gateway, T50', () => {
  it('fits every gateway, whatever the order and the cause are called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (orderId, purpose, cause) => {
        assert.match(gatewayIdempotencyKey(orderId, purpose, cause), /^[A-Za-z0-9_-]{20,40}$/);
      }),
    );
  });

  it('is another one for another order, purpose or cause, also where their texts run together', () => {
    const keys = [
      gatewayIdempotencyKey('a', 'b', 'c'),
      gatewayIdempotencyKey('a', 'bc', ''),
      gatewayIdempotencyKey('ab', '', 'c'),
      gatewayIdempotencyKey('a","b', '', 'c'),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });
});
