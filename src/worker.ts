/** A worker: runs the order workflow and its activities. Any number of them may run. */
import './process/oldest-node.ts';

import { readFile } from 'node:fs/promises';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { loadServiceConfig, renewableSecrets, type ServiceConfig } from './config/config.ts';
import { misspelled } from './config/misspelled.ts';
import { secretValuesOf } from './config/redaction.ts';
import type { Seller } from './domain/details.ts';
import { checkAccess } from './gateways/access.ts';
import { createRenewableGateways } from './gateways/index.ts';
import { watched } from './gateways/watched.ts';
import { unfitLogo } from './invoices/logo.ts';
import { createLogger } from './logs/create-logger.ts';
import { logAccess } from './logs/gateway-access.ts';
import { createTemporalLogger } from './logs/temporal-logger.ts';
import { openWorkerMetrics } from './metrics/open-worker-metrics.ts';
import { loadGateways } from './process/load-gateways.ts';
import { reportReady, runProcess, watchProcessLife } from './process/process-life.ts';
import { renewSecrets } from './process/renew-secrets.ts';
import { openSecretFiles } from './process/secret-files.ts';
import { type Database, openDatabase } from './store/database.ts';
import { keepLogo } from './store/effects/seller-logos.ts';
import { temporalConnection, unreachableError } from './temporal/connection.ts';
import { createDataConverter, keyringOf } from './temporal/data-converter.ts';
import { createFailedRuns } from './temporal/failed-runs.ts';
import { workerDeployment } from './temporal/worker-deployment.ts';
import { workflowBundle } from './temporal/workflow-bundle.ts';
import { openTracing } from './tracing/open-tracing.ts';
import { TASK_QUEUE } from './workflows/inbox/messages.ts';

/** The longest activity waits for a gateway this long; it is let finish before the process goes. */
const SHUTDOWN_GRACE = '10s';
const SHUTDOWN_FORCE = '15s';

/**
 * Each thread evaluates the bundle and keeps orders of its own. One is not full before the process's other
 * work is; who has more cores starts more workers.
 */
const WORKFLOW_THREADS = 1;

/**
 * Opening a payment holds its task for up to two seconds where the gateway is slow. A hundred tasks that
 * do nothing but wait cost little, and leave room for everybody else's.
 */
const MAX_TASKS_AT_ONCE = 100;

async function main(): Promise<void> {
  const { stopRequested } = watchProcessLife();
  const packages = await loadGateways(process.env);
  const secretFiles = openSecretFiles(process.env, renewableSecrets('worker', packages));
  const config = loadServiceConfig(process.env, 'worker', packages);
  const { gateways: configured, renew } = createRenewableGateways(packages, config.gateways);
  const metrics = await openWorkerMetrics(config, Object.keys(configured));
  const secrets = secretValuesOf(config);
  const log = createLogger({ name: 'worker', level: config.logLevel, secrets });
  for (const line of misspelled(process.env, packages))
    log.warn({ code: 'variable_misspelled' }, line);
  const failedRuns = createFailedRuns(log, metrics.onTaskFailed);
  const { onRunFailed } = failedRuns;
  Runtime.install({
    // The runtime's own handlers would swallow the signals that this process listens to itself.
    shutdownSignals: [],
    logger: createTemporalLogger(log, { onTaskFailed: metrics.onTaskFailed, onRunFailed }),
    // The native side would print by itself what is neither listed nor scrubbed.
    telemetryOptions: { ...metrics.runtime.telemetryOptions, logging: { forward: {} } },
  });
  const { connectionOptions, namespace } = temporalConnection(process.env);
  const deployment = workerDeployment(process.env);
  const tracing = await openTracing(process.env, 'payonce-worker');
  const bundle = await workflowBundle();
  const keyring = keyringOf(config.payloadKeys);
  const database = openDatabase(config.databaseUrl, keyring);
  const connection = await NativeConnection.connect(connectionOptions).catch((error: unknown) => {
    throw unreachableError(connectionOptions.address, error);
  });
  failedRuns.connect(connection, namespace);
  const { crmUrl, accessUrl, secret } = config.effects;
  const gateways =
    metrics.onGatewayCall === undefined ? configured : watched(configured, metrics.onGatewayCall);
  const checking = new AbortController();
  checkAccess(gateways, checking.signal, logAccess(log));
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: bundle,
    dataConverter: createDataConverter(keyring),
    activities: createActivities({
      database,
      gateways,
      seller: await sellerNow(database, config),
      paperNumbers: config.paperNumbers,
      ...(crmUrl === undefined ? {} : { crmUrl }),
      ...(accessUrl === undefined ? {} : { accessUrl }),
      ...(secret === undefined ? {} : { effectsSecret: secret }),
      ...(metrics.onRecorded && { onRecorded: metrics.onRecorded }),
    }),
    interceptors: { activity: tracing.activities },
    ...(deployment && { workerDeploymentOptions: deployment }),
    workflowThreadPoolSize: WORKFLOW_THREADS,
    maxCachedWorkflows: config.workerCachedOrders,
    maxConcurrentWorkflowTaskExecutions: MAX_TASKS_AT_ONCE,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  });
  const stopping = new AbortController();
  const renewing = renewSecrets(secretFiles, {
    take: () => {
      const renewed = loadServiceConfig(process.env, 'worker', packages);
      secrets.push(...secretValuesOf(renewed));
      renew(renewed.gateways);
    },
    onChange: metrics.secretFilesRefused,
    log,
    signal: stopping.signal,
  });
  const running = worker.runUntil(stopRequested);
  reportReady();
  await running;
  stopping.abort();
  checking.abort();
  metrics.close();
  await connection.close();
  await Promise.all([database.close(), tracing.close(), renewing]);
}

/** @throws Error when the picture cannot be used; it is kept before the first paper names it. */
async function sellerNow(
  database: Database,
  { seller, sellerLogoFile: file }: ServiceConfig,
): Promise<Seller> {
  if (file === undefined) return seller;
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `SELLER_LOGO_FILE cannot be read (${error.code}): set it to the path of a file that this process may read`,
    );
  });
  const wrong = unfitLogo(content);
  if (wrong !== null) throw new Error(`SELLER_LOGO_FILE ${wrong}`);
  return { ...seller, logo: await keepLogo(database, content) };
}

await runProcess('worker', main);
