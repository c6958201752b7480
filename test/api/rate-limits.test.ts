/** Limits on a process of its own, set low; the shared stack's are off. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { newOrderId } from '../support/shop.ts';
import { signedEvent } from '../support/webhooks.ts';

const OPS_KEY = 'o'.repeat(32);
const OTHER_OPS_KEY = 'p'.repeat(32);
const CLIENT_KEY = 'c'.repeat(32);
const ENDED_KEY = 'e'.repeat(32);
/** Of each key in two seconds; the failures in a minute. */
const MOST = { ops: 10, client: 16, failures: 3 };

describe('an API with limits', function () {
  this.timeout(120_000);
  let api: Beside;

  before(async function () {
    this.timeout(300_000);
    api = await startBeside('server', {
      API_KEYS: `ops:${OPS_KEY},ops:${OTHER_OPS_KEY},client:${CLIENT_KEY},ops:${ENDED_KEY} revoked 2026-11-30T10:00:00Z`,
      OPS_REQUESTS_PER_SECOND: String(MOST.ops / 2),
      CLIENT_REQUESTS_PER_SECOND: String(MOST.client / 2),
      FAILED_AUTH_PER_MINUTE: String(MOST.failures),
    });
  });
  after(() => api.stop());

  function read(key: string): Promise<Response> {
    return fetch(`${api.apiUrl}/v1/orders/${newOrderId()}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  }

  function burst(key: string, times: number): Promise<Response[]> {
    return Promise.all(Array.from({ length: times }, () => read(key)));
  }

  async function untilRested(key: string): Promise<void> {
    await pWaitFor(async () => (await read(key)).status !== 429, { interval: 100 });
  }

  for (const [scope, key, most] of [
    ['ops', OPS_KEY, MOST.ops],
    ['client', CLIENT_KEY, MOST.client],
  ] as const)
    it(`answers a burst of ${most} for a key of scope ${scope}, and refuses more`, async () => {
      const answered = (await burst(key, most * 5)).map(({ status }) => status);
      // A slow machine's database may not answer in time what was let in.
      const passed = answered.filter((status) => [404, 503].includes(status)).length;
      // A slow machine's burst goes on into the next windows.
      assert.ok(passed >= most && passed < most * 5, `${passed} passed`);
      assert.ok(answered.includes(429));
      await untilRested(key);
    });

  it('says when to come back, and lets the caller in then', async () => {
    const answers = await burst(OPS_KEY, MOST.ops * 3);
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(refused);
    const { code, retryable } = (await refused.json()) as { code: string; retryable: boolean };
    assert.deepEqual([code, retryable], ['rate_limited', true]);
    assert.match(refused.headers.get('retry-after') ?? '', /^[012]$/);
    await untilRested(OPS_KEY);
  });

  it('holds up no other key', async () => {
    await burst(OPS_KEY, MOST.ops * 2);
    assert.equal((await read(OTHER_OPS_KEY)).status, 404);
  });

  it('refuses to answer guesses of keys for a minute, and serves good keys all the while', async () => {
    const guesses: number[] = [];
    for (const guess of ['1', '2', '3', '4', '5']) guesses.push((await read(guess)).status);
    assert.deepEqual(guesses, [401, 401, 401, 429, 429]);
    // No guess: whoever sends it is told that it has ended, and not to wait.
    assert.equal((await read(ENDED_KEY)).status, 401);
    assert.equal((await read(CLIENT_KEY)).status, 404);
    const retryAfterS = Number((await read('6')).headers.get('retry-after'));
    assert.ok(retryAfterS > 2 && retryAfterS <= 60, String(retryAfterS));
  });

  it('limits no webhook', async () => {
    const data = { orderId: newOrderId(), paymentId: 'sbx_pay_limits', amount: 1 };
    const event = signedEvent('payment.pending', data);
    const answers = await Promise.all(
      Array.from({ length: MOST.client * 3 }, () =>
        fetch(`${api.apiUrl}/webhooks/sandbox`, {
          method: 'POST',
          headers: event.headers,
          body: event.body,
        }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  });
});
