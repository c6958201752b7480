/** What is mutated, room by room, and the tests that have to notice: those that need a PostgreSQL at most. */

export interface Room {
  /** Globs of source files. */
  mutate: string[];
  /** Test files, those that notice most first: a mutant is over with the first test that fails. */
  tests: string[];
  needsPostgres: boolean;
}

export const ROOMS: Record<string, Room> = {
  domain: {
    mutate: ['src/domain/**/*.ts'],
    tests: [
      'test/domain/timelines.test.ts',
      'test/domain/*.test.ts',
      'test/workflows/story.test.ts',
      'test/simulator/simulator.test.ts',
    ],
    needsPostgres: false,
  },
  /** What the workflow's bundle holds is out of reach; see docs/adr/0009-dependencies.md. */
  workflows: {
    mutate: [
      'src/workflows/{alarms,continuing,hearing,messages,read-signal,reserved-signals,review-advice}.ts',
      'src/workflows/{search-attributes,step,story,take-up,timers}.ts',
    ],
    tests: [
      'test/workflows/story.test.ts',
      'test/workflows/signals.test.ts',
      'test/simulator/simulator.test.ts',
    ],
    needsPostgres: false,
  },
  activities: {
    mutate: ['src/activities/*.ts'],
    tests: ['test/activities/*.test.ts'],
    needsPostgres: true,
  },
  store: {
    mutate: ['src/store/*.ts'],
    tests: ['test/store/*.test.ts', 'test/activities/*.test.ts'],
    needsPostgres: true,
  },
  webhooks: {
    mutate: [
      'src/api/{webhooks,webhook-dedupe,parking,raw-body,request-headers}.ts',
      'src/gateways/*/{webhook,events,signatures}.ts',
    ],
    tests: [
      'test/api/{webhook-dedupe,webhook-receiver,request-headers}.test.ts',
      'test/gateways/stripe/{webhook,events}.test.ts',
      'test/gateways/razorpay/{webhooks,signatures}.test.ts',
    ],
    needsPostgres: true,
  },
};
