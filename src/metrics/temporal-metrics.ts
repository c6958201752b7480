/**
 * The Temporal SDK's own metrics. Its exporter listens by itself, so it gets a free port on loopback
 * and its page is added to the process's own: one target to scrape.
 */
import type { TelemetryOptions } from '@temporalio/worker';
import { anyPort } from '../process/any-port.ts';

const LOOPBACK = '127.0.0.1';
/** It is in the same process; when it does not answer at once, the rest of the page is worth more. */
const TIMEOUT_MS = 1_000;

export interface TemporalMetrics {
  /** For `Runtime.install`. */
  telemetryOptions: TelemetryOptions;
  page(): Promise<string>;
}

export async function createTemporalMetrics(): Promise<TemporalMetrics> {
  const port = await anyPort(LOOPBACK);
  const prometheus = {
    bindAddress: `${LOOPBACK}:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  return {
    telemetryOptions: { metrics: { prometheus } },
    page: async () => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const text = await fetch(`http://${LOOPBACK}:${port}/metrics`, { signal }).then(
        (response) => response.text(),
        () => '',
      );
      return text.endsWith('\n') || text === '' ? text : `${text}\n`;
    },
  };
}
