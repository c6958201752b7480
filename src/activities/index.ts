/** All activities of a worker, made from what they depend on. */
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
  return {
    ...createGatewayActivities(gateways),
    grantAccess: createGrantAccess({ database, deliver: access }),
    revokeAccess: createRevokeAccess({ database, deliver: access }),
    issueInvoice: createIssueInvoice({ database }),
    issueCreditNote: createIssueCreditNote({ database }),
    updateCrm: createUpdateCrm({ deliver: crm }),
    postLedger: createPostLedger({ database }),
    writeRecord: createWriteRecord({ database }),
    loadRecord: createLoadRecord({ database }),
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
