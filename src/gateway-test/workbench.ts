/** A gateway with its stand-in, and a receiver in place of Payonce's API: where the checks of the suite are made. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { loadConfig } from '../config/config.ts';
import { type Fact, factKey, factsOf, type GatewayIds } from '../domain/facts/facts.ts';
import type {
  CreatedPayment,
  EventMessage,
  GatewayPayment,
  WebhookMessage,
} from '../gateways/gateway.ts';
import { WebhookRejection } from '../gateways/gateway.ts';
import type { GatewayPackage } from '../gateways/gateway-package.ts';
import { type ConfiguredGateway, createGateways } from '../gateways/index.ts';
import { brokenRule } from '../money/amounts.ts';
import type { GatewayActor, OpenStandIn, SignedRequest, StandIn } from './actor.ts';

/** A stand-in on this machine sends its webhooks at once. */
const REPORTED_WITHIN_MS = 10_000;
const INSTALLATION = `ins_${'7'.repeat(32)}`;
/** The first of them that a gateway takes; most of them have two digits. */
const USUAL_CURRENCIES = ['EUR', 'INR', 'USD', 'GBP', 'BRL'];
/** Above all least amounts, and a multiple of all steps. */
const USUAL_AMOUNT = 24_900;

export interface Terms {
  orderId?: string;
  attempt?: number;
  amountMinor?: number;
  currency?: string;
  supersedes?: string[];
  capture?: 'manual';
  idempotencyKey?: string;
}

type Capture = Parameters<ConfiguredGateway['capturePayment']>[0];

export interface TestedGateway extends Omit<ConfiguredGateway, 'capturePayment'> {
  capturePayment(request: Omit<Capture, 'currency'>): Promise<GatewayPayment | null>;
}

export interface Workbench {
  package: GatewayPackage;
  /** Calls about a payment carry what the gateway has said of it so far, and the usual currency. */
  gateway: TestedGateway;
  standIn: StandIn;
  actor: GatewayActor;
  installationId: string;
  currency: string;
  amountMinor: number;
  newOrderId(): string;
  newKey(): string;
  /** Opens a payment of a new order, unless the terms name one. */
  open(terms?: Terms): Promise<CreatedPayment & { orderId: string; paymentId: string }>;
  /** The same, paid by its customer. */
  paid(terms?: Terms): ReturnType<Workbench['open']>;
  /** The gateway's whole present state of a payment. */
  fetch(orderId: string, paymentId: string): Promise<GatewayPayment>;
  /**
   * Waits until the gateway has reported a fact of the payment, by a webhook that says it or by one that asks to fetch it,
   * and holds both ways against each other.
   */
  reported(orderId: string, paymentId: string, type: Fact['type']): Promise<Fact>;
  /** Every webhook about the payment so far, oldest first. */
  webhooksOf(orderId: string, paymentId: string): Promise<SignedRequest[]>;
  read(request: SignedRequest): WebhookMessage;
  close(): Promise<void>;
}

export async function openWorkbench(
  given: GatewayPackage,
  openStandIn: OpenStandIn,
): Promise<Workbench> {
  const received: SignedRequest[] = [];
  const answered = new Map<string, number>();
  const opened = new Map<string, GatewayIds>();
  const receiver = await listen(received);
  const { port } = receiver.address() as AddressInfo;
  const standIn = await openStandIn({
    apiUrls: [`http://127.0.0.1:${port}`],
    installationId: async () => INSTALLATION,
  });
  const { actor } = standIn;
  const { gateways: values } = loadConfig(standIn.env, [given]);
  const gateway = createGateways([given], values)[given.name];
  assert.ok(gateway, `the stand-in's env sets all required variables of ${given.name}`);
  const { amounts, currencies, truth } = given.capabilities;
  const currency = USUAL_CURRENCIES.find((code) => currencies?.includes(code) ?? true) ?? 'EUR';
  const amountMinor = USUAL_AMOUNT;
  assert.equal(brokenRule(amounts, amountMinor, currency), null, 'a usual amount is taken');

  // The stand-in's webhooks are all signed by one key.
  await gateway.prepareWebhook?.(actor.sign('{}').headers);

  const read: Workbench['read'] = ({ path, headers, body }) => {
    const { searchParams } = new URL(path, 'http://127.0.0.1');
    return gateway.readWebhook(Buffer.from(body), headers, Object.fromEntries(searchParams));
  };

  const open: Workbench['open'] = async (terms = {}) => {
    const orderId = terms.orderId ?? newOrderId();
    const { supersedes = [] } = terms;
    const created = await gateway.createPayment({
      ...idsOfAll(supersedes),
      orderId,
      installationId: INSTALLATION,
      attempt: terms.attempt ?? 1,
      amountMinor: terms.amountMinor ?? amountMinor,
      currency: terms.currency ?? currency,
      ...(terms.supersedes && { supersedes: terms.supersedes }),
      ...(terms.capture && { capture: terms.capture }),
      details: null,
      idempotencyKey: terms.idempotencyKey ?? newKey(),
    });
    const { paymentId, gatewayIds = {} } = created.payment;
    opened.set(paymentId, gatewayIds);
    return { ...created, orderId, paymentId };
  };

  /** What calls have to name, as the answer to its creation and webhooks have said so far. */
  function idsOf(paymentId: string): { gatewayIds?: GatewayIds } {
    const said = received
      .flatMap((request) => eventsIn(readOr(read, request)))
      .flatMap((event) => (event.kind === 'fact' ? [event.fact] : []))
      .filter((fact) => fact.paymentId === paymentId)
      .map(({ gatewayIds }) => gatewayIds ?? {});
    const gatewayIds: GatewayIds = Object.assign({}, ...said.toReversed(), opened.get(paymentId));
    return Object.keys(gatewayIds).length === 0 ? {} : { gatewayIds };
  }

  function idsOfAll(paymentIds: readonly string[]) {
    const named = paymentIds.map((id) => [id, idsOf(id).gatewayIds ?? {}] as const);
    const known = named.filter(([, ids]) => Object.keys(ids).length > 0);
    return known.length === 0 ? {} : { gatewayIds: Object.fromEntries(known) };
  }

  const fetch: Workbench['fetch'] = async (orderId, paymentId) => {
    const { payments } = await gateway.fetchPayments({
      ...{ orderId, paymentIds: [paymentId] },
      ...idsOfAll([paymentId]),
    });
    const found = payments.find(
      ({ paymentId: id, aliases = [] }) => id === paymentId || aliases.includes(paymentId),
    );
    assert.ok(found, `fetchPayments answers ${paymentId}`);
    return found;
  };

  /** Its own id, and those by which the gateway names its parts. */
  async function namesOf(orderId: string, paymentId: string): Promise<string[]> {
    if (truth === 'webhooks') return [paymentId];
    return [paymentId, ...((await fetch(orderId, paymentId)).aliases ?? [])];
  }

  async function webhooksOf(orderId: string, paymentId: string): Promise<SignedRequest[]> {
    const names = await namesOf(orderId, paymentId);
    return received.filter((request) =>
      eventsIn(readOr(read, request)).some((event) => names.includes(paymentOf(event) ?? '')),
    );
  }

  async function findFact(
    orderId: string,
    paymentId: string,
    type: Fact['type'],
  ): Promise<Fact | undefined> {
    const events = (await webhooksOf(orderId, paymentId)).flatMap((request) =>
      eventsIn(readOr(read, request)),
    );
    const fetched =
      truth === 'webhooks'
        ? []
        : factsOf({ ...(await fetch(orderId, paymentId)), installation: 'ours' });
    const present = fetched.find((fact) => fact.type === type);
    const said = events
      .flatMap((event) => (event.kind === 'fact' ? [event.fact] : []))
      .find((fact) => fact.type === type);
    if (said !== undefined && present !== undefined && factKey(said) === factKey(present))
      assert.deepEqual(moneyOf(said), moneyOf(present), `${type} by webhook and by fetchPayments`);
    if (said !== undefined && (truth === 'webhooks' || present !== undefined)) return said;
    if (present === undefined) return undefined;
    // One question is about one change: the one of an earlier change does not count for this one.
    const asked = events.filter(({ kind }) => kind === 'ask').length;
    if (asked <= (answered.get(paymentId) ?? 0)) return undefined;
    answered.set(paymentId, asked);
    return present;
  }

  return {
    package: given,
    gateway: {
      ...gateway,
      capturePayment: (request) =>
        gateway.capturePayment({ currency, ...idsOf(request.paymentId), ...request }),
      voidPayment: (request) => gateway.voidPayment({ ...idsOf(request.paymentId), ...request }),
      refundPayment: (request) =>
        gateway.refundPayment({ ...idsOf(request.paymentId), ...request }),
    },
    standIn,
    actor,
    installationId: INSTALLATION,
    currency,
    amountMinor,
    newOrderId,
    newKey,
    open,
    async paid(terms) {
      const opened = await open(terms);
      await actor.capture(opened.paymentId);
      return opened;
    },
    fetch,
    async reported(orderId, paymentId, type) {
      let found: Fact | undefined;
      const isReported = async (): Promise<boolean> => {
        found = await findFact(orderId, paymentId, type);
        return found !== undefined;
      };
      try {
        await pWaitFor(isReported, { interval: 20, timeout: REPORTED_WITHIN_MS });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        const seen = await webhooksOf(orderId, paymentId);
        const kinds = seen.flatMap((request) => eventsIn(readOr(read, request)).map(summaryOf));
        assert.fail(
          `no ${type} was reported; webhooks of the payment: ${kinds.join(', ') || 'none'}`,
        );
      }
      assert.ok(found);
      return found;
    },
    webhooksOf,
    read,
    async close() {
      await standIn.close();
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

function newOrderId(): string {
  return `ord_${randomBytes(10).toString('hex')}`;
}

/** As long as the keys of Payonce, and of the same letters. */
function newKey(): string {
  return randomBytes(24).toString('base64url');
}

/** Takes every webhook as it comes, with 200. */
async function listen(received: SignedRequest[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    received.push({ path: request.url ?? '/', headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What was sent to the receiver is the stand-in's: one that it signs badly is a webhook of no payment. */
function readOr(read: Workbench['read'], request: SignedRequest): WebhookMessage | null {
  try {
    return read(request);
  } catch (error) {
    if (error instanceof WebhookRejection) return null;
    throw error;
  }
}

export function eventsIn(message: WebhookMessage | null): EventMessage[] {
  if (message === null) return [];
  if (message.kind !== 'batch') return [message];
  return message.items.filter((item) => !(item instanceof WebhookRejection)) as EventMessage[];
}

function paymentOf(event: EventMessage): string | null {
  if (event.kind === 'fact') return event.fact.paymentId;
  return event.kind === 'ask' ? event.paymentId : null;
}

function moneyOf({ amountMinor, currency }: Fact) {
  return { amountMinor, currency };
}

function summaryOf(event: EventMessage): string {
  return event.kind === 'fact' ? event.fact.type : event.kind;
}
