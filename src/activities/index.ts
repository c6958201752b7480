/**
 * All activities of a worker, made from what they depend on. Those that change something can be killed
 * between their effect and the moment that Temporal hears of it.
 */
import { type FailpointName, failpoint } from '../failpoints.ts';
import type { Gateways } from '../gateways/index.ts';
import { accessUpdates } from '../store/access-updates.ts';
import { crmUpdates } from '../store/crm-updates.ts';
import type { Database } from '../store/database.ts';
import { createDeliver, type Destination } from './deliver.ts';
import { createGatewayActivities } from './gateway-calls.ts';
import { createGrantAccess } from './grant-access.ts';
import { createIssueCreditNote } from './issue-credit-note.ts';
import { createIssueInvoice } from './issue-invoice.ts';
import { createLoadRecord } from './load-record.ts';
import { createPostLedger } from './post-ledger.ts';
import { createRevokeAccess } from './revoke-access.ts';
import { createUpdateCrm } from './update-crm.ts';
import { createWriteRecord } from './write-record.ts';

export interface ActivityDependencies {
  database: Database;
  gateways: Gateways;
  /** Where CRM updates are posted; the local log alone without it. */
  crmUrl?: string;
  /** Where grants and revocations are posted; the local tables alone without it. */
  accessUrl?: string;
  /** Signs what is posted; needed as soon as anything is. */
  effectsSecret?: string;
}

export type Activities = ReturnType<typeof createActivities>;

/** @throws Error when there is a URL to post to and no secret to sign with. */
export function createActivities(deps: ActivityDependencies) {
  const { database, gateways, crmUrl, accessUrl, effectsSecret } = deps;
  const access = createDeliver({
    database,
    log: accessUpdates,
    destination: destination('the access system', accessUrl, effectsSecret),
  });
  const crm = createDeliver({
    database,
    log: crmUpdates,
    destination: destination('the CRM', crmUrl, effectsSecret),
  });
  const calls = createGatewayActivities(gateways);
  const grantAccess = createGrantAccess({ database, deliver: access });
  const revokeAccess = createRevokeAccess({ database, deliver: access });
  return {
    createPayment: passing('gateway.create.afterCallBeforeReturn', calls.createPayment),
    fetchPayments: calls.fetchPayments,
    capturePayment: passing('gateway.capture.afterCallBeforeReturn', calls.capturePayment),
    voidPayment: passing('gateway.void.afterCallBeforeReturn', calls.voidPayment),
    refundPayment: passing('gateway.refund.afterCallBeforeReturn', calls.refundPayment),
    grantAccess: passing('grant.afterCommitBeforeReturn', grantAccess),
    revokeAccess: passing('revoke.afterCommitBeforeReturn', revokeAccess),
    issueInvoice: passing('invoice.afterCommitBeforeReturn', createIssueInvoice({ database })),
    issueCreditNote: passing(
      'creditNote.afterCommitBeforeReturn',
      createIssueCreditNote({ database }),
    ),
    updateCrm: passing('crm.afterMarkBeforeReturn', createUpdateCrm({ deliver: crm })),
    postLedger: passing('ledger.afterCommitBeforeReturn', createPostLedger({ database })),
    writeRecord: passing('record.afterWriteBeforeReturn', createWriteRecord({ database })),
    loadRecord: createLoadRecord({ database }),
  };
}

/** The activity, with a failpoint between its work and its return. */
function passing<Request, Result>(
  name: FailpointName,
  activity: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await activity(request);
    failpoint(name);
    return result;
  };
}

function destination(
  name: string,
  url: string | undefined,
  secret: string | undefined,
): Destination | undefined {
  if (url === undefined) return undefined;
  if (secret === undefined) throw new Error(`${name} has a URL: set EFFECTS_SECRET to sign with`);
  return { name, url, secret };
}
