/** Whether Temporal can be reached, and whether its namespace is as orders need it. */
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import type { TemporalConnection } from '../temporal/connection.ts';
import * as attributes from '../workflows/details/search-attributes.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const PATIENCE_MS = 5_000;
const MS_PER_DAY = 86_400_000;
const NOT_FOUND = 5;
const SET_UP =
  'deploy/temporal/create-namespace.sh, or on Temporal Cloud do as docs/temporal-cloud.md says';

const { ok, warning, problem } = findingsOf('temporal');

const NEEDED = Object.values(attributes).filter((one) => typeof one === 'object');

export async function examineTemporal(
  { connectionOptions, namespace }: TemporalConnection,
  settlementWindowMs: number,
): Promise<Finding[]> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...connectionOptions, connectTimeout: PATIENCE_MS });
  } catch (error) {
    const { address } = connectionOptions;
    return [
      problem(
        `Temporal at ${address} does not answer (${reasonOf(error)}): check TEMPORAL_ADDRESS, TLS and key, that it runs, and that this machine may reach it`,
      ),
    ];
  }
  try {
    return await connection.withDeadline(Date.now() + PATIENCE_MS, () =>
      examineNamespace(connection, namespace, settlementWindowMs),
    );
  } catch (error) {
    return [problem(`Temporal refuses to describe the namespace ${namespace}: ${reasonOf(error)}`)];
  } finally {
    await connection.close();
  }
}

async function examineNamespace(
  connection: Connection,
  namespace: string,
  settlementWindowMs: number,
): Promise<Finding[]> {
  const { workflowService } = connection;
  const { serverVersion } = await workflowService.getSystemInfo({});
  const described = await workflowService
    .describeNamespace({ namespace })
    .catch((error: unknown) => {
      if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return null;
      throw error;
    });
  if (described === null) return [problem(`Temporal has no namespace ${namespace}: run ${SET_UP}`)];
  const retentionMs = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000;
  return [
    serverFinding(serverVersion),
    ok(`Temporal has the namespace ${namespace}`),
    retentionFinding(retentionMs, settlementWindowMs),
    await searchAttributes(connection, namespace),
  ];
}

/** The first that reports the workflow tasks that fail again and again as a search attribute. */
const OLDEST_SERVER = { major: 1, minor: 30 };

/** @param version as the server says it, such as `1.31.2` */
export function serverFinding(version: string): Finding {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  const { major: oldest, minor: oldestMinor } = OLDEST_SERVER;
  if (major > oldest || (major === oldest && minor >= oldestMinor))
    return ok(`Temporal ${version} can be reached`);
  return warning(
    `Temporal's server says that it is ${version || 'of no version'}: use ${oldest}.${oldestMinor} or newer; on an older one payonce_stuck_orders stays 0, and an order whose history no worker can replay is not mended by itself`,
  );
}

function retentionFinding(retentionMs: number, settlementWindowMs: number): Finding {
  const days = `${retentionMs / MS_PER_DAY} days`;
  if (retentionMs > settlementWindowMs) return ok(`closed orders are kept for ${days}`);
  return warning(
    `closed orders are kept for ${days}, which SETTLEMENT_WINDOW reaches: raise the namespace's retention to 30 days, so that operators can look an order up`,
  );
}

async function searchAttributes(
  { operatorService }: Connection,
  namespace: string,
): Promise<Finding> {
  let registered: Record<string, number>;
  try {
    const listed = await operatorService.listSearchAttributes({ namespace });
    registered = listed.customAttributes as Record<string, number>;
  } catch (error) {
    return warning(
      `the search attributes cannot be listed (${reasonOf(error)}): see that the namespace has ${NEEDED.map(({ name, type }) => `${name} ${type}`).join(', ')}`,
    );
  }
  const wrong = NEEDED.filter(
    ({ name, type }) => registered[name] !== encodeSearchAttributeIndexedValueType(type),
  );
  if (wrong.length === 0) return ok('the search attributes are there');
  return problem(
    `search attributes are missing or of another type (${wrong.map(({ name, type }) => `${name} ${type}`).join(', ')}), and no order starts without them: run ${SET_UP}`,
  );
}
