import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { createLogger } from '../../src/logs/create-logger.ts';
import { createTemporalLogger } from '../../src/logs/temporal-logger.ts';

type Line = Record<string, unknown>;

/** What was written, line by line, and the logger that writes it. */
function openLog(level = 'trace') {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  return {
    log: createLogger({ name: 'test', level, destination }),
    written,
    last: (): Line => JSON.parse(written.at(-1) ?? 'null'),
  };
}

const UNLISTED = {
  req: { headers: { authorization: 'Bearer 123456' } },
  headers: { cookie: 'a' },
  body: '{}',
  customer: { email: 'a@b.example' },
  hostname: 'pod-1',
  url: '/v1/orders?key=1',
};

describe('a line of the log', () => {
  it('says when, how bad, and who wrote it', () => {
    const { log, last } = openLog();
    log.info('started');
    const { time, ...line } = last();
    assert.deepEqual(line, { level: 'info', name: 'test', pid: process.pid, msg: 'started' });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('keeps the listed fields and no others', () => {
    const { log, last } = openLog();
    log.warn({ order_id: 'ord_1', status: 503, attempt: 2, ...UNLISTED }, 'said');
    const { time: _, pid: __, ...line } = last();
    assert.deepEqual(line, {
      level: 'warn',
      name: 'test',
      order_id: 'ord_1',
      status: 503,
      attempt: 2,
      msg: 'said',
    });
  });

  it('keeps no others by way of a child logger either', () => {
    const { log, last } = openLog();
    log.child({ request_id: 'r1', ...UNLISTED }).info('said');
    assert.deepEqual(Object.keys(last()), ['level', 'time', 'name', 'pid', 'request_id', 'msg']);
  });

  it('drops a listed field that is not what it should be', () => {
    const { log, last } = openLog();
    log.info({ order_id: { nested: 'x' }, status: '200', attempt: Number.NaN, code: null }, 'said');
    assert.deepEqual(Object.keys(last()), ['level', 'time', 'name', 'pid', 'msg']);
  });

  it('takes no values into its sentence', () => {
    const { log, last } = openLog();
    log.info('said %s', 'something');
    assert.equal(last().msg, 'said %s');
  });

  it('is one line, whatever it says', () => {
    const { log, written } = openLog();
    log.info({ reason: 'a\r\nb' }, 'c\nd');
    assert.equal(written.join('').split('\n').length, 2);
  });

  it('is not written below its level', () => {
    const { log, written } = openLog('warn');
    log.info('said');
    assert.deepEqual(written, []);
  });
});

describe('an error in the log', () => {
  const cause = Object.assign(new Error('Key (email)=(a@b.example)'), { code: '23505' });
  const error = Object.assign(new Error('insert … params: 4242424242424242', { cause }), {
    name: 'DrizzleQueryError',
  });

  for (const [how, args] of [
    ['in a field', [{ err: error }, 'failed']],
    ['in a field, without a sentence', [{ err: error }]],
    ['by itself', [error]],
  ] as const)
    it(`${how} is its kind, its cause and its place, and never its message`, () => {
      const { log, last, written } = openLog();
      log.error(...(args as [object, string]));
      assert.equal(last().fault, 'DrizzleQueryError < Error 23505');
      assert.equal(last().msg, 'failed');
      assert.match(String(last().fault_at), /test\/logs\/create-logger\.test\.ts:\d+/);
      assert.doesNotMatch(written.join(), /4242|email|params/);
    });

  it('keeps its words where they are ours', () => {
    const { log, last } = openLog();
    const own = Object.assign(new Error('no key "k1" to open with'), { name: 'UnknownKeyError' });
    log.error({ err: new Error('x', { cause: own }) }, 'failed');
    assert.equal(last().fault_detail, 'no key "k1" to open with');
  });

  it('may be anything that was thrown', () => {
    const { log, last } = openLog();
    log.error({ err: 'a secret in a string' }, 'failed');
    assert.equal(last().fault, 'string');
    assert.equal(last().fault_detail, undefined);
  });
});

describe("Temporal's SDK", () => {
  it('logs under our names, and nothing of what it carries', () => {
    const { log, last, written } = openLog();
    const error = ApplicationFailure.retryable('the CRM answered 500', 'DeliveryOutcomeUnknown');
    createTemporalLogger(log).warn('Activity failed', {
      sdkComponent: 'worker',
      workflowId: 'ord_1',
      activityType: 'updateCrm',
      attempt: 3,
      taskQueue: 'payments',
      runId: 'r',
      input: { email: 'a@b.example' },
      error,
    });
    const { time: _, pid: __, fault_at: ___, ...line } = last();
    assert.deepEqual(line, {
      level: 'warn',
      name: 'test',
      component: 'worker',
      order_id: 'ord_1',
      run_id: 'r',
      activity: 'updateCrm',
      attempt: 3,
      fault: 'ApplicationFailure DeliveryOutcomeUnknown',
      fault_detail: 'the CRM answered 500',
      msg: 'Activity failed',
    });
    assert.doesNotMatch(written.join(), /email/);
  });

  it('hands on which run cannot be replayed and why, without what else the failure quotes', () => {
    const { log, written } = openLog();
    const failed: (string | undefined)[][] = [];
    const onRunFailed = (...run: [string, string | undefined]) => failed.push(run);
    const logger = createTemporalLogger(log, { onRunFailed });
    const message = '[TMPRL1100] Nondeterminism error: No command scheduled for event 16';
    const sdkComponent = 'core';
    for (const text of [message, 'a@b.example'])
      logger.warn('Failing workflow task', {
        sdkComponent,
        runId: 'r',
        failure: `Failure { message: "${text}", source: "" }`,
      });
    assert.deepEqual(failed, [
      ['r', 'Nondeterminism error: No command scheduled for event 16'],
      ['r', undefined],
    ]);
    assert.doesNotMatch(written.join(), /example/);
  });
});
