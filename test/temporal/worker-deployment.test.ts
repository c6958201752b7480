import assert from 'node:assert/strict';
import { ConfigError } from '../../src/config/config.ts';
import { workerDeployment } from '../../src/temporal/worker-deployment.ts';

describe('the deployment of a worker', () => {
  it('is none without its variables', () => {
    assert.equal(workerDeployment({ TEMPORAL_DEPLOYMENT_NAME: '' }), undefined);
  });

  it('lets orders move on to the next version', () => {
    const env = { TEMPORAL_DEPLOYMENT_NAME: 'payonce', TEMPORAL_WORKER_BUILD_ID: 'r1' };
    assert.deepEqual(workerDeployment(env), {
      version: { deploymentName: 'payonce', buildId: 'r1' },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    });
  });

  for (const [given, missing] of [
    ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'],
    ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME'],
  ] as const)
    it(`is refused when it has ${given} alone`, () => {
      assert.throws(
        () => workerDeployment({ [given]: 'x' }),
        new ConfigError([`${missing} is missing: ${given} needs it`]),
      );
    });
});
