/**
 * The API's side of the workflows that reconcile days: a schedule for each gateway, made to be as the settings say, and
 * single days that somebody asks for.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { TASK_QUEUE } from '../../workflows/inbox/messages.ts';
import {
  DAILY_WORKFLOW,
  DAY_WORKFLOW,
  type DailyInput,
  type DayInput,
  type DayResult,
  dayWorkflowId,
  scheduleId,
} from '../../workflows/reconciliation.ts';
import { within } from './temporal-call.ts';

const DEADLINE_MS = 5_000;

/** Six hours behind midnight: no clock of any zone is changed then, and the gateway is done with the day. */
const HOUR = 6;
/**
 * An outage of Temporal that is longer costs nothing but time: a run fetches whatever days are missing. So of several
 * runs that were missed, one is enough.
 */
const CATCH_UP_WINDOW_MS = 24 * 60 * 60_000;

export interface Reconciliations {
  /** Makes the gateway's schedule what the settings say; whether it is paused is left to operators. */
  declare(daily: DailyInput): Promise<'created' | 'changed' | 'unchanged'>;
  /** Ends the gateway's schedule, where there is one. */
  remove(gateway: string): Promise<void>;
  /** Begins a day; one whose run has not ended is left alone. @returns false for that */
  startDay(day: DayInput): Promise<boolean>;
}

/** All of its calls throw OrchestratorUnavailable for whatever heals by itself. */
export function createReconciliations(client: Client): Reconciliations {
  const soon = <T>(call: () => Promise<T>): Promise<T> => within(client, DEADLINE_MS, call);

  async function describe(gateway: string): Promise<ScheduleDescription | null> {
    try {
      return await client.schedule.getHandle(scheduleId(gateway)).describe();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  }

  async function declare(daily: DailyInput): Promise<'created' | 'changed' | 'unchanged'> {
    const wanted = wantedOf(daily);
    const present = await describe(daily.gateway);
    if (present === null) {
      try {
        await client.schedule.create(wanted);
        return 'created';
      } catch (error) {
        // Another API was faster, with the same settings.
        if (error instanceof ScheduleAlreadyRunning) return 'unchanged';
        throw error;
      }
    }
    if (isAsWanted(present, wanted)) return 'unchanged';
    // An update replaces all of a schedule: what is left out of it would be unpaused.
    await client.schedule
      .getHandle(wanted.scheduleId)
      .update(({ state }) => ({ ...wanted, state }));
    return 'changed';
  }

  return {
    declare: (daily) => soon(() => declare(daily)),
    remove: (gateway) =>
      soon(async () => {
        try {
          await client.schedule.getHandle(scheduleId(gateway)).delete();
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
        }
      }),
    startDay: (day) =>
      soon(async () => {
        try {
          await client.workflow.start<(input: DayInput) => Promise<DayResult>>(DAY_WORKFLOW, {
            workflowId: dayWorkflowId(day),
            taskQueue: TASK_QUEUE,
            args: [day],
            // A run that has done its work and is still there would take the day, and never fetch it.
            workflowIdConflictPolicy: 'FAIL',
          });
          return true;
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
          throw error;
        }
      }),
  };
}

function wantedOf(daily: DailyInput) {
  return {
    scheduleId: scheduleId(daily.gateway),
    spec: { calendars: [{ hour: HOUR, minute: 0 }], timezone: daily.zone },
    policies: {
      overlap: ScheduleOverlapPolicy.BUFFER_ONE,
      catchupWindow: CATCH_UP_WINDOW_MS,
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow',
      workflowType: DAILY_WORKFLOW,
      // Temporal adds the time at which the run was due.
      workflowId: `${scheduleId(daily.gateway)}:daily`,
      taskQueue: TASK_QUEUE,
      args: [daily],
    },
  } as const satisfies ScheduleOptions;
}

/** Held against each other as far as it is ours: Temporal writes a spec down in its own way. */
function isAsWanted(
  { spec, policies, action }: ScheduleDescription,
  wanted: ReturnType<typeof wantedOf>,
): boolean {
  const [calendar] = spec.calendars ?? [];
  const at = (field: 'hour' | 'minute') => calendar?.[field].map(({ start, end }) => [start, end]);
  const { workflowType, workflowId, taskQueue, args } = action;
  const present = {
    calendars: spec.calendars?.length,
    hour: at('hour'),
    minute: at('minute'),
    timezone: spec.timezone,
    policies,
    action: { workflowType, workflowId, taskQueue, args },
  };
  return isDeepStrictEqual(present, {
    calendars: 1,
    hour: [[HOUR, HOUR]],
    minute: [[0, 0]],
    timezone: wanted.spec.timezone,
    policies: wanted.policies,
    action: {
      workflowType: wanted.action.workflowType,
      workflowId: wanted.action.workflowId,
      taskQueue: wanted.action.taskQueue,
      args: wanted.action.args,
    },
  });
}
