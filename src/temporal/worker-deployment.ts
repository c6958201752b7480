/**
 * Which release a worker belongs to, as Temporal's Worker Deployments have it. Orders outlive releases, so
 * they move on to the current version with their next step. Without the variables a worker is unversioned,
 * and takes whatever there is.
 */
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import type { Environment } from '../config/config.ts';
import { readSettings } from '../config/settings.ts';

/**
 * Nothing when neither variable is set. Temporal's own controller for Kubernetes hands them to a worker.
 * @throws ConfigError when one is set without the other.
 */
export function workerDeployment(env: Environment): WorkerDeploymentOptions | undefined {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } =
    readSettings(env, 'worker deployment');
  if (!deploymentName || !buildId) return undefined;
  return {
    version: { deploymentName, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}
