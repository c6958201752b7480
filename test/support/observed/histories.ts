/** Saved histories, and what they are about: seen by replaying them, and read in them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type InjectedSinks,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { StepDone } from '../../../src/activities/take-step.ts';
import { createDataConverter } from '../../../src/temporal/data-converter.ts';
import { PAYLOAD_CONVERTER_PATH } from '../../../src/temporal/payload-converter-path.ts';

export interface ObservationSinks extends Sinks {
  observation: { saw(notes: string[]): void };
}

export interface SavedHistory {
  workflowId: string;
  history: { events: SavedEvent[] };
}

interface Payloads {
  payloads?: { data: string }[];
}

interface SavedEvent {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { input: Payloads };
  workflowExecutionSignaledEventAttributes?: { signalName: string };
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  markerRecordedEventAttributes?: {
    markerName: string;
    details: { data?: Payloads; result?: Payloads };
  };
}

const ROOT = path.join(import.meta.dirname, '../../..');
const HISTORIES = path.join(ROOT, 'test/histories');
const LOCAL_ACTIVITY = 'core_local_activity';

export const DATA_CONVERTER = createDataConverter(null);

const QUIET = new DefaultLogger('ERROR');

/**
 * A prefix of a history ends where the next step would run for real: what the worker says of that is no
 * news. There is one runtime in a process, so this runs when the first test needs it.
 */
export const beQuiet = onlyOnce(() => {
  const logging = { filter: 'OFF', forward: {} } as const;
  Runtime.install({ logger: QUIET, telemetryOptions: { logging } });
});

export function savedHistories(): SavedHistory[] {
  return readdirSync(HISTORIES).map((file) => ({
    workflowId: path.basename(file, '.json'),
    history: JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as {
      events: SavedEvent[];
    },
  }));
}

/** Everything that any of them is about, as notes such as "pending → paid". */
export async function whatIsIn(saved: SavedHistory[]): Promise<Set<string>> {
  const seen = new Set(saved.flatMap(({ history }) => history.events.flatMap(notesOn)));
  const sinks: InjectedSinks<ObservationSinks> = {
    observation: {
      saw: {
        fn: (_, notes) => {
          for (const note of notes) seen.add(note);
        },
        callDuringReplay: true,
      },
    },
  };
  const options = { workflowBundle: await observedBundle(), dataConverter: DATA_CONVERTER, sinks };
  for await (const { error } of Worker.runReplayHistories(options, saved)) if (error) throw error;
  return seen;
}

/** The workflow as it is, with one import exchanged: the loop calls the observed state machine. */
function observedBundle(): Promise<{ code: string }> {
  return bundleWorkflowCode({
    logger: QUIET,
    workflowsPath: path.join(ROOT, 'src/workflows/index.ts'),
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    workflowInterceptorModules: [path.join(ROOT, 'src/workflows/inbox/cancellation-requests.ts')],
    webpackConfigHook: (config) => ({
      ...config,
      plugins: [
        ...(config.plugins ?? []),
        (compiler) => {
          compiler.hooks.normalModuleFactory.tap('observe', ({ hooks }) => {
            hooks.beforeResolve.tap('observe', (resolved) => {
              const isOfLoop = resolved.contextInfo.issuer.endsWith('workflows/apply-events.ts');
              if (isOfLoop && resolved.request.endsWith('domain/transition.ts'))
                resolved.request = path.join(import.meta.dirname, 'transition.ts');
            });
          });
        },
      ],
    }),
  });
}

function notesOn(event: SavedEvent): string[] {
  const { eventType, markerRecordedEventAttributes: marker } = event;
  const signal = event.workflowExecutionSignaledEventAttributes?.signalName;
  const beside = event.activityTaskScheduledEventAttributes?.activityType.name;
  const input = jsonIn(event.workflowExecutionStartedEventAttributes?.input);
  const inside = marker?.markerName === LOCAL_ACTIVITY ? jsonIn(marker.details.data) : null;
  const done = jsonIn(marker?.details.result) as StepDone | null;
  return [
    eventType,
    ...(signal === undefined ? [] : [`signal ${signal}`]),
    ...(beside === undefined ? [] : [`${beside} beside the loop`]),
    ...(input === null ? [] : [`begun from ${input.from}`]),
    ...(inside === null ? [] : [`${inside.activity_type} inside the task`]),
    ...(inside === null ? [] : [stepNote(done)]),
  ];
}

/** Null is a step that did not come to its end in time. */
function stepNote(done: StepDone | null): string {
  if (done === null || (done.recorded === null && done.other === null))
    return 'step without a record';
  const { other, results } = done;
  if (other !== null) return 'step behind a lost task';
  return results.includes(null) ? 'step that left something to do' : 'step that was done';
}

function jsonIn(input: Payloads | undefined): Record<string, unknown> | null {
  const data = input?.payloads?.[0]?.data;
  if (data === undefined) return null;
  return JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as Record<string, unknown>;
}

function onlyOnce(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
