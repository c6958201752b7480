/** All activities of a worker, made from what they depend on. A new effect is one file and one line here. */
import type { Seller } from '../domain/details.ts';
import type { Gateways } from '../gateways/index.ts';
import type { Database } from '../store/database.ts';
import { accessUpdates } from '../store/effects/access-updates.ts';
import { crmUpdates } from '../store/effects/crm-updates.ts';
import {
  DEFAULT_NUMBERS,
  type NumberPattern,
  type Series,
} from '../store/effects/number-series.ts';
import { createInstallationId } from '../store/installation.ts';
import { readDetails } from '../store/orders/orders.ts';
import { effectActivities, withFailpoint } from './business-effect.ts';
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
import { createSettlementDays } from './settlement-days.ts';
import { createTakeStep } from './take-step.ts';
import { createUpdateCrm } from './update-crm.ts';
import { createWriters, type OnRecorded } from './write-record.ts';

export interface ActivityDependencies {
  database: Database;
  gateways: Gateways;
  /** Where CRM updates are posted; the local log alone without it. */
  crmUrl?: string;
  /** Where grants and revocations are posted; the local tables alone without it. */
  accessUrl?: string;
  /** Signs what is posted; needed as soon as anything is. */
  effectsSecret?: string;
  /** Who sells, as papers print it; a picture that it names is kept already. */
  seller?: Seller;
  /** How papers are numbered. */
  paperNumbers?: Readonly<Record<Series, NumberPattern>>;
  onRecorded?: OnRecorded;
  /** How long a step waits for each effect inside its workflow task, in milliseconds; 1,500 unless told. */
  stepPatienceMs?: number;
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
    paperNumbers = DEFAULT_NUMBERS,
    onRecorded,
    stepPatienceMs,
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
  const effects = withFailpoint({
    grant_access: createGrantAccess({ database, deliver: access }),
    revoke_access: createRevokeAccess({ database, deliver: access }),
    issue_invoice: createIssueInvoice({ database, seller, numbers: paperNumbers.invoice }),
    issue_credit_note: createIssueCreditNote({
      database,
      seller,
      numbers: paperNumbers.credit_note,
    }),
    update_crm: createUpdateCrm({ deliver: crm }),
    post_ledger: createPostLedger({ database }),
    park_payment: createParkPayment({ database }),
  });
  const writers = createWriters({ database, onRecorded });
  const surroundings = {
    seller,
    invoiceNumbers: paperNumbers.invoice,
    postsAccess: accessUrl !== undefined,
    postsCrm: crmUrl !== undefined,
  };
  return {
    takeStep: createTakeStep({
      ...{ createPayment: calls.createPayment, effects, writers, surroundings },
      ...(stepPatienceMs === undefined ? {} : { patienceMs: stepPatienceMs }),
    }),
    createPayment: mapped(calls.createPayment),
    fetchPayments: mapped(calls.fetchPayments),
    capturePayment: mapped(calls.capturePayment),
    voidPayment: mapped(calls.voidPayment),
    refundPayment: mapped(calls.refundPayment),
    ...effectActivities(database, effects),
    writeRecord: mapped(writers.writeRecord),
    loadRecord: mapped(createLoadRecord({ database })),
    ...createSettlementDays({ database, gateways }),
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
