/**
 * Which release a worker belongs to, as Temporal's Worker Deployments have it. Orders outlive releases, so
 * they move on to the current version with their next step. Without the variables a worker is unversioned,
 * and takes whatever there is.
 */
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { ConfigError, type Environment } from '../config/config.ts';

/** The names under which Temporal's own controller for Kubernetes hands them to a worker. */
const NAME = 'TEMPORAL_DEPLOYMENT_NAME';
const BUILD_ID = 'TEMPORAL_WORKER_BUILD_ID';

/**
 * Nothing when neither variable is set.
 * @throws ConfigError when one is set without the other.
 */
export function workerDeployment(env: Environment): WorkerDeploymentOptions | undefined {
  const deploymentName = env[NAME];
  const buildId = env[BUILD_ID];
  if (!deploymentName && !buildId) return undefined;
  if (!buildId) throw new ConfigError([`${BUILD_ID} is missing: ${NAME} needs it`]);
  if (!deploymentName) throw new ConfigError([`${NAME} is missing: ${BUILD_ID} needs it`]);
  return {
    version: { deploymentName, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}
