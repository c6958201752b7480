/** The API process: HTTP for clients, operators and gateways. Any number of them may run. */
import './process/oldest-node.ts';

import { Client, Connection } from '@temporalio/client';
import { createAuthenticate } from './api/access/api-keys.ts';
import type { ApiDependencies } from './api/api-dependencies.ts';
import { createDrain } from './api/http/drain.ts';
import { openListeners } from './api/listeners.ts';
import { keepDaily } from './api/settlements/daily.ts';
import { createDuplicateCounter } from './api/temporal/duplicate-counter.ts';
import { createInFlightDeliveries } from './api/temporal/in-flight-deliveries.ts';
import { createOrchestratorLease, keepLease } from './api/temporal/orchestrator-lease.ts';
import { createOrderClient } from './api/temporal/order-client.ts';
import { createOrderRuns } from './api/temporal/order-runs.ts';
import { reap } from './api/temporal/reaper.ts';
import { createReconciliations } from './api/temporal/reconciliations.ts';
import { createStartMarks } from './api/temporal/start-marks.ts';
import { createStuckRuns } from './api/temporal/stuck-runs.ts';
import { createTurns } from './api/temporal/turns.ts';
import { sweep } from './api/webhooks/sweeper.ts';
import { readBooksSettings } from './books/settings.ts';
import { loadServiceConfig, renewableSecrets } from './config/config.ts';
import { misspelled } from './config/misspelled.ts';
import { isProduction } from './config/production.ts';
import { secretValuesOf } from './config/redaction.ts';
import { checkAccess } from './gateways/access.ts';
import { createRenewableGateways } from './gateways/index.ts';
import { watched } from './gateways/watched.ts';
import { isLoopback } from './http/local-callers.ts';
import { createLogger } from './logs/create-logger.ts';
import { logAccess } from './logs/gateway-access.ts';
import { openApiMetrics } from './metrics/open-api-metrics.ts';
import { loadGateways } from './process/load-gateways.ts';
import { reportReady, runProcess, watchProcessLife } from './process/process-life.ts';
import { renewSecrets } from './process/renew-secrets.ts';
import { openSecretFiles } from './process/secret-files.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { openDatabase } from './store/database.ts';
import { listenForChanges } from './store/notifications.ts';
import { loadRecord } from './store/orders/record.ts';
import { temporalConnection } from './temporal/connection.ts';
import { createDataConverter, keyringOf } from './temporal/data-converter.ts';
import { openTracing } from './tracing/open-tracing.ts';

/** Requests under way get this long; most take milliseconds. */
const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const { stopRequested } = watchProcessLife();
  const packages = await loadGateways(process.env);
  const secretFiles = openSecretFiles(process.env, renewableSecrets('api', packages));
  const config = loadServiceConfig(process.env, 'api', packages);
  const { connectionOptions, namespace } = temporalConnection(process.env);
  const secrets = secretValuesOf(config);
  const log = createLogger({ name: 'api', level: config.logLevel, secrets });
  for (const line of misspelled(process.env, packages))
    log.warn({ code: 'variable_misspelled' }, line);
  const keyring = keyringOf(config.payloadKeys);
  const database = openDatabase(config.databaseUrl, keyring);
  const tracing = await openTracing(process.env, 'payonce-api');
  // Lazy: an API that starts before Temporal answers 503 until Temporal is there.
  const connection = tracing.connection(Connection.lazy(connectionOptions));
  const client = new Client({
    connection,
    namespace,
    dataConverter: createDataConverter(keyring),
  });
  const { address } = connectionOptions;
  const lease = createOrchestratorLease({ database, client, address, log });
  await lease.renew();
  const feed = await listenForChanges(config.databaseUrl);
  const orders = createOrderClient({
    client,
    ledgerOf: (id) => loadRecord(database, id),
  });
  const starts = createStartMarks(database);
  const duplicates = createDuplicateCounter(database);
  const inFlightDeliveries = createInFlightDeliveries();
  const turns = createTurns();
  const drain = createDrain();
  const { gateways: configured, renew } = createRenewableGateways(packages, config.gateways);
  const {
    metrics,
    onGatewayCall,
    close: closeMetrics,
  } = await openApiMetrics(config, database, Object.keys(configured));
  const gateways = watched(configured, onGatewayCall);
  const checking = new AbortController();
  const access = checkAccess(gateways, checking.signal, logAccess(log));
  const savings = { starts, duplicates, inFlightDeliveries, turns };
  const dependencies = {
    database,
    feed,
    orders,
    reconciliations: createReconciliations(client),
    books: readBooksSettings(config.booksFile),
    ...savings,
    gateways,
    access,
    drain,
    metrics,
    log,
  };
  let { apiKeys } = config;
  let authenticate = createAuthenticate(apiKeys);
  const takenNames = () => apiKeys.flatMap(({ name }) => name ?? []);
  // In production a proxy of the same machine may pass its own name on.
  const isLocal = isLoopback(config.host) && !isProduction(process.env);
  const served: ApiDependencies = {
    ...dependencies,
    authenticate: (authorization) => authenticate(authorization),
    policy: config,
    ...(config.signIn && { signIn: createSignIn(config.signIn, takenNames) }),
    ...(isLocal && { localHost: config.host }),
    ...(config.temporalUiUrl && { temporalUiUrl: config.temporalUiUrl }),
  };
  const listeners = await openListeners(served, { ...config, around: tracing.requests });
  const { port, consolePort } = listeners;
  const sweeping = new AbortController();
  const swept = sweep(dependencies, sweeping.signal);
  const daily = keepDaily(served, sweeping.signal);
  const renewing = renewSecrets(secretFiles, {
    take: () => {
      const renewed = loadServiceConfig(process.env, 'api', packages);
      secrets.push(...secretValuesOf(renewed));
      renew(renewed.gateways);
      access.again();
      apiKeys = renewed.apiKeys;
      authenticate = createAuthenticate(apiKeys);
    },
    onChange: metrics.secretFilesRefused,
    log,
    signal: sweeping.signal,
  });
  const runs = createOrderRuns(client);
  const stuckRuns = createStuckRuns(client);
  const reaped = reap({ ...dependencies, runs, stuckRuns }, sweeping.signal);
  console.log(`api: http://${config.host}:${port}`);
  if (consolePort !== undefined)
    console.log(`console: http://${config.host}:${consolePort}/console`);
  reportReady({ port });

  await Promise.race([stopRequested, keepLease(lease, sweeping.signal)]);
  sweeping.abort();
  checking.abort();
  await Promise.race([drain.begin(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
  listeners.close();
  closeMetrics();
  const closed = [feed.close(), connection.close(), database.close(), tracing.close()];
  await Promise.allSettled([swept, daily, reaped, renewing, ...closed]);
}

await runProcess('api', main);
