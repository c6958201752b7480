/** The timers of an order in Temporal. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Deadline } from '../domain/schedule/deadlines.ts';
import { onTimerFired } from './completions.ts';
import type { Run } from './run.ts';
import type { OrderTimer } from './timers.ts';

export function startTimer(run: Run, { at, name }: Deadline): OrderTimer['cancel'] {
  const scope = new CancellationScope();
  void scope
    .run(() => sleep(Math.max(1, at - Date.now()), { summary: name }))
    .then(
      () => onTimerFired(run, at),
      () => undefined,
    );
  return () => scope.cancel();
}
