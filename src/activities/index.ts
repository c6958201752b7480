/**
 * All activities of a worker, made from what they depend on. Those that change something can be killed
 * between their effect and the moment that Temporal hears of it.
 */
import type { Seller } from '../domain/details.ts';
import type { Gateways } from '../gateways/index.ts';
import { type FailpointName, failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { accessUpdates } from '../store/effects/access-updates.ts';
import { crmUpdates } from '../store/effects/crm-updates.ts';
import { createInstallationId } from '../store/installation.ts';
import { readDetails } from '../store/orders/orders.ts';
import { effectActivity, type RunEffects } from './business-effect.ts';
import { createDeliver, type Destination } from './deliver.ts';
import { asActivityFailure } from './failures.ts';
import { createGatewayCalls } from './gateway-calls.ts';
import { createGrantAccess } from './grant-access.ts';
import { createIssueCreditNote } from './issue-credit-note.ts';
import { createIssueInvoice } from './issue-invoice.ts';
import { createLoadRecord } from './load-record.ts';
import { createParkPayment } from './park-payment.ts';
import { createPostLedger } from './post-ledger.ts';
import { createRevokeAccess } from './revoke-access.ts';
import { createTakeStep } from './take-step.ts';
import { createUpdateCrm } from './update-crm.ts';
import { createWriteRecord, type OnRecorded } from './write-record.ts';

export interface ActivityDependencies {
  database: Database;
  gateways: Gateways;
  /** Where CRM updates are posted; the local log alone without it. */
  crmUrl?: string;
  /** Where grants and revocations are posted; the local tables alone without it. */
  accessUrl?: string;
  /** Signs what is posted; needed as soon as anything is. */
  effectsSecret?: string;
  /** Who sells, as invoices print it. */
  seller?: Seller;
  onRecorded?: OnRecorded;
}

/** Where no seller is configured. */
const DEFAULT_SELLER: Seller = { name: 'Payonce', lines: [] };

export type Activities = ReturnType<typeof createActivities>;

/** @throws Error when there is a URL to post to and no secret to sign with. */
export function createActivities(deps: ActivityDependencies) {
  const {
    database,
    gateways,
    crmUrl,
    accessUrl,
    effectsSecret,
    seller = DEFAULT_SELLER,
    onRecorded,
  } = deps;
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
  const calls = createGatewayCalls(
    gateways,
    (orderId) => readDetails(database, orderId),
    createInstallationId(database),
  );
  const createPayment = passing('gateway.create.afterCallBeforeReturn', calls.createPayment);
  const effects: RunEffects = {
    grant_access: passing(
      'grant.afterCommitBeforeReturn',
      createGrantAccess({ database, deliver: access }),
    ),
    revoke_access: passing(
      'revoke.afterCommitBeforeReturn',
      createRevokeAccess({ database, deliver: access }),
    ),
    issue_invoice: passing(
      'invoice.afterCommitBeforeReturn',
      createIssueInvoice({ database, seller }),
    ),
    issue_credit_note: passing(
      'creditNote.afterCommitBeforeReturn',
      createIssueCreditNote({ database, seller }),
    ),
    update_crm: passing('crm.afterMarkBeforeReturn', createUpdateCrm({ deliver: crm })),
    post_ledger: passing('ledger.afterCommitBeforeReturn', createPostLedger({ database })),
    park_payment: createParkPayment({ database }),
  };
  const writeRecord = createWriteRecord({ database, onRecorded });
  return {
    takeStep: createTakeStep({ createPayment, effects, writeRecord }),
    createPayment: mapped(createPayment),
    fetchPayments: mapped(calls.fetchPayments),
    capturePayment: mapped(passing('gateway.capture.afterCallBeforeReturn', calls.capturePayment)),
    voidPayment: mapped(passing('gateway.void.afterCallBeforeReturn', calls.voidPayment)),
    refundPayment: mapped(passing('gateway.refund.afterCallBeforeReturn', calls.refundPayment)),
    grantAccess: effectActivity(database, effects.grant_access),
    revokeAccess: effectActivity(database, effects.revoke_access),
    issueInvoice: effectActivity(database, effects.issue_invoice),
    issueCreditNote: effectActivity(database, effects.issue_credit_note),
    updateCrm: effectActivity(database, effects.update_crm),
    postLedger: effectActivity(database, effects.post_ledger),
    parkPayment: effectActivity(database, effects.park_payment),
    writeRecord: mapped(writeRecord),
    loadRecord: mapped(createLoadRecord({ database })),
  };
}

/** With a failpoint between the work and its return. */
function passing<Request, Result>(
  name: FailpointName,
  run: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await run(request);
    failpoint(name);
    return result;
  };
}

/** As an activity, whose errors Temporal understands. */
function mapped<Request, Result>(
  run: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return (request) => asActivityFailure(() => run(request));
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
