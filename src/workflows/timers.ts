/** The timers of an order in Temporal. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Deadline } from '../domain/schedule/deadlines.ts';
import type { Alarm } from './alarms.ts';
import { hearAlarm } from './hearing.ts';
import type { Run } from './run.ts';

export function ring(run: Run, { at, name }: Deadline): Alarm['cancel'] {
  const scope = new CancellationScope();
  void scope
    .run(() => sleep(Math.max(1, at - Date.now()), { summary: name }))
    .then(
      () => hearAlarm(run, at),
      () => undefined,
    );
  return () => scope.cancel();
}
