import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { asActivityFailure } from '../../src/activities/failures.ts';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../../src/gateways/gateway.ts';

async function mapped(thrown: unknown): Promise<unknown> {
  return asActivityFailure(() => Promise.reject(thrown)).catch((error: unknown) => error);
}

describe('an error of an activity', () => {
  it('is final when the gateway refused, with its code', async () => {
    const failure = await mapped(new GatewayRefusal('card_declined', 'the card was declined'));
    assert(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.nonRetryable, failure.type, failure.details, failure.message],
      [true, 'GatewayRefusal', ['card_declined'], 'the card was declined'],
    );
  });

  it('says so when the payment could be made by no customer', async () => {
    const refusal = new GatewayRefusal('amount_too_small', 'too small', { isUnpayable: true });
    const failure = await mapped(refusal);
    assert(failure instanceof ApplicationFailure);
    assert.deepEqual(failure.details, ['amount_too_small', 'unpayable']);
  });

  const transient: [string, unknown, string][] = [
    ['a silent gateway', new GatewayOutcomeUnknown('no answer in 8 s'), 'GatewayOutcomeUnknown'],
    ['anything unknown', new TypeError('x'), 'TypeError'],
    ['what is no error at all', 'x', 'Error'],
  ];
  for (const [what, thrown, type] of transient) {
    it(`is tried again for ${what}`, async () => {
      const failure = await mapped(thrown);
      assert(failure instanceof ApplicationFailure);
      assert.deepEqual([failure.nonRetryable, failure.type], [false, type]);
    });
  }

  it('stays as it is when it is a cancellation or was mapped before', async () => {
    for (const error of [new CancelledFailure('x'), ApplicationFailure.nonRetryable('x')])
      assert.equal(await mapped(error), error);
  });
});
