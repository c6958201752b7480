/** Whatever is read at the edge, no object but the one that is read may change. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { refuseCardholderData } from '../../src/api/access/cardholder-data.ts';
import { fingerprintOf } from '../../src/api/http/canonical-json.ts';
import { readJsonObject } from '../../src/api/http/json-body.ts';
import { Problem } from '../../src/api/problems/problem.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { WebhookRejection } from '../../src/gateways/gateway.ts';
import { createGateways } from '../../src/gateways/index.ts';
import { WEBHOOK_SECRET as RAZORPAY_SECRET } from '../fakes/razorpay/driver.ts';
import { KEY_ID, KEY_SECRET } from '../fakes/razorpay/fake.ts';
import { SECRET_KEY, WEBHOOK_SECRET as STRIPE_SECRET } from '../fakes/stripe/fake-stripe.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';
import { bytes, fields, trees } from './body-faults.ts';
import type { Fault } from './draft.ts';
import { hostileJson } from './json-trees.ts';
import { GATEWAY_NAMES, type GatewayName, sign, unsignedDraft } from './webhook-drafts.ts';

const RUNS = 3_000;
const TARGET = { orderId: 'ord_00000000000000000000', paymentId: 'sbx_pay_x' };

const gateways = createGateways(BUILT_IN, {
  sandbox: { port: 1, webhookSecrets: [WEBHOOK_SECRET] },
  stripe: { secretKey: SECRET_KEY, webhookSecrets: [STRIPE_SECRET], captureMethod: 'automatic' },
  razorpay: { keyId: KEY_ID, keySecret: KEY_SECRET, webhookSecrets: [RAZORPAY_SECRET] },
});

/** Everything that all objects and arrays have in common. */
function common(): object[] {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype].map((shared) =>
    Object.getOwnPropertyDescriptors(shared),
  );
}

/** As the API reads a body, up to what it keeps of it. */
function read(text: string): void {
  try {
    const json = readJsonObject(Buffer.from(text));
    refuseCardholderData(json);
    fingerprintOf(json);
    for (const { body } of ROUTES) body?.safeParse(json);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

describe('reading hostile input', () => {
  let before: object[];

  beforeEach(() => {
    before = common();
  });

  afterEach(() => assert.deepEqual(common(), before));

  it('as a body ends in a problem or a value, and changes no prototype', () => {
    fc.assert(fc.property(hostileJson, read), { numRuns: RUNS });
  });

  for (const name of GATEWAY_NAMES)
    it(`as a signed webhook of ${name} ends in a message or a no, and changes no prototype`, () => {
      const spoilt = fc.tuple(fc.nat({ max: 30 }), fc.oneof(bytes, trees, fields));
      fc.assert(fc.property(spoilt, readSigned(name)), { numRuns: RUNS });
    });
});

/** Some take the bytes for text before they check them: what changes on the way has no right signature. */
const readSigned =
  (name: GatewayName) =>
  ([type, { apply }]: [number, Fault]): void => {
    const { headers, body } = sign(name, apply(unsignedDraft(name, type, TARGET)), { offS: 0 });
    try {
      const message = gateways[name]?.readWebhook(body, Object.fromEntries(headers));
      assert.ok(message !== undefined && message.kind.length > 0);
    } catch (error) {
      if (!(error instanceof WebhookRejection) || isText(body)) throw error;
    }
  };

function isText(body: Buffer): boolean {
  return Buffer.from(new TextDecoder().decode(body)).equals(body);
}
