import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogger } from '../../src/logs/create-logger.ts';
import { scrub } from '../../src/logs/scrub.ts';

const SCRUBBED: [what: string, text: string, left: string][] = [
  ['a card number', 'card 4242424242424242 declined', 'card 424242…4242 declined'],
  ['a card number in groups', 'card 4242 4242 4242 4242.', 'card 424242…4242.'],
  ['a webhook secret', 'with whsec_c2VjcmV0c2VjcmV0 it', 'with [redacted] it'],
  ["Stripe's key", 'key sk_live_51Habc', 'key [redacted]'],
  ["Razorpay's key", 'key rzp_live_abcdef', 'key [redacted]'],
  ['a key of ours', 'pp_test_abcd1234 is wrong', '[redacted] is wrong'],
  ['the key of a development stack', 'payonce_ops_AbC-d_e', '[redacted]'],
  ['a token', 'authorization: Bearer abc.def', 'authorization: [redacted]'],
  ['a client secret', 'pi_3N_secret_abc', '[redacted]'],
  ['a password in an address', 'postgres://u:pw@db:5432/x', 'postgres://[redacted]@db:5432/x'],
  ['an e-mail address', 'to jo.doe+shop@mail.example.com now', 'to [redacted] now'],
];

const KEPT = [
  'order ord_1042 started',
  'sbx_pay_01HZX4 captured 4999 INR',
  'evt_1234567890123456',
  '2026-11-23T20:40:11.000Z',
  '1732394411000',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  'GET /v1/orders/:id 200',
  'task_queue payments',
  'Send Authorization: Bearer <API key>.',
];

describe('the scrubber', () => {
  for (const [what, text, left] of SCRUBBED)
    it(`takes out ${what}`, () => assert.equal(scrub(text), left));

  for (const text of KEPT) it(`leaves "${text}"`, () => assert.equal(scrub(text), text));

  it('works on every line of the log, wherever in it a secret is', () => {
    const written: string[] = [];
    const destination = { write: (line: string) => void written.push(line) };
    const log = createLogger({ name: 'test', level: 'info', destination });
    for (const [, text] of SCRUBBED) log.info({ reason: text, order_id: text }, text);
    for (const [index, [, , left]] of SCRUBBED.entries()) {
      const { reason, order_id, msg } = JSON.parse(written[index] ?? '');
      assert.deepEqual([reason, order_id, msg], [left, left, left]);
    }
  });

  it('takes a secret out of JSON right after a line break, a quote or a control character', () => {
    for (const [, text, left] of SCRUBBED)
      for (const before of ['\n', '\r', '\t', '\b', '\f', '"', '\\', '\u0001', '\u001f'])
        assert.deepEqual(JSON.parse(scrub(JSON.stringify({ text: before + text }))), {
          text: before + left,
        });
  });

  it('takes no longer for what a stranger makes as hard as he can', function () {
    // It is a second or two of work; what is not linear takes many minutes.
    this.timeout(120_000);
    const long = 200_000;
    for (const piece of [
      'a',
      '1',
      'a@',
      '@',
      'a.',
      'pi_',
      'pi_a_secret',
      '://',
      '://a',
      'sk_',
      'Bearer ',
    ])
      for (const end of ['', '@', '@a.'])
        assert.ok(scrub(piece.repeat(long / piece.length) + end).length > 0);
  });

  it('leaves every line of JSON a line of JSON', () => {
    const pieces = SCRUBBED.map(([, text]) => text);
    const anything = fc.array(
      fc.oneof(
        fc.constantFrom(...pieces),
        fc.string(),
        fc.constantFrom(
          '"',
          '\\',
          '@',
          '://',
          '\n',
          '\r',
          '\u0001',
          'k_live_1234',
          'jo@mail.example',
        ),
      ),
    );
    fc.assert(
      fc.property(anything, fc.maxSafeInteger(), (texts, number) => {
        JSON.parse(scrub(JSON.stringify({ text: texts.join(''), number: number % 1e9 })));
      }),
      { numRuns: 2_000 },
    );
  });
});
