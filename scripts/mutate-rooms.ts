/** What is mutated, room by room, and the tests that have to notice: those that need a PostgreSQL at most. */

export interface Room {
  /** Globs of source files. */
  mutate: string[];
  /** Globs of test files without braces, those that notice most first: a mutant is over with the first that fails. */
  tests: string[];
  needsPostgres: boolean;
}

export const ROOMS: Record<string, Room> = {
  domain: {
    mutate: ['src/domain/**/*.ts'],
    tests: [
      'test/domain/timelines.test.ts',
      // The matrix is in the timelines, word by word.
      'test/domain/!(matrix|documents|properties).test.ts',
      'test/workflows/story.test.ts',
      'test/domain/properties.test.ts',
      'test/simulator/simulator.test.ts',
    ],
    needsPostgres: false,
  },
  /** A workflow runs in a bundle and a thread of its own, where no mutant can be switched on: what tests import of it. */
  workflows: {
    mutate: [
      'src/workflows/{apply-events,completions,continuing,step,timers}.ts',
      'src/workflows/inbox/{messages,read-signal,reserved-signals}.ts',
      'src/workflows/details/*.ts',
    ],
    tests: ['test/workflows/story.test.ts', 'test/simulator/simulator.test.ts'],
    needsPostgres: false,
  },
  activities: {
    mutate: ['src/activities/*.ts'],
    tests: ['test/activities/*.test.ts'],
    needsPostgres: true,
  },
  store: {
    mutate: ['src/store/*.ts', 'src/store/orders/*.ts', 'src/store/effects/*.ts'],
    tests: ['test/store/*.test.ts', 'test/activities/*.test.ts'],
    needsPostgres: true,
  },
  /** What is read of a webhook before anything is asked: signatures, events, headers, repeats. */
  webhooks: {
    mutate: [
      'src/api/webhooks/webhook-dedupe.ts',
      'src/api/http/request-headers.ts',
      'src/gateways/*/{webhook,events,signatures}.ts',
    ],
    tests: [
      'test/api/webhook-dedupe.test.ts',
      'test/api/request-headers.test.ts',
      'test/gateways/webhook-words.test.ts',
      'test/gateways/sandbox/webhook.test.ts',
      'test/gateways/stripe/webhook.test.ts',
      'test/gateways/stripe/events.test.ts',
      'test/gateways/razorpay/webhooks.test.ts',
      'test/gateways/razorpay/signatures.test.ts',
      'test/gateways/paypal/webhook.test.ts',
      'test/gateways/adyen/webhook.test.ts',
      'test/gateways/adyen/events.test.ts',
    ],
    needsPostgres: false,
  },
  /** What becomes of it then. */
  receiver: {
    mutate: ['src/api/webhooks/{webhooks,deliver,park}.ts', 'src/api/http/raw-body.ts'],
    tests: ['test/api/webhook-receiver.test.ts'],
    needsPostgres: true,
  },
};
