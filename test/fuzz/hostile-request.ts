/**
 * The enemy: requests of every kind, each from one seed. What is fatally wrong is aimed at orders that
 * must not change; the rest at orders that may.
 */
import fc from 'fast-check';
import type { Route } from '../../src/api/http/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { draftFor } from './api-drafts.ts';
import { bodyFault, bytes, fields, trees } from './body-faults.ts';
import { bytesOf, type Draft, type Fault } from './draft.ts';
import { framing } from './framing-faults.ts';
import { headFault, odd, UNREADABLE } from './head-faults.ts';
import { type RawWire, rawWire, STALLED } from './raw-wire.ts';
import { methods, paths } from './target-faults.ts';
import {
  GATEWAY_NAMES,
  type GatewayName,
  type Signing,
  sign,
  unsignedDraft,
} from './webhook-drafts.ts';
import { oddOrderId, tampering, wrongSigning } from './webhook-faults.ts';
import type { Target, World } from './world.ts';

/** `leave` goes away before everything is said; `linger` says no more and waits. */
export type Ending = 'answer' | 'linger' | 'leave';

export interface HostileRequest {
  /** What is wrong with it, in words. */
  what: string;
  /** No answer but a refusal is right. */
  isHopeless: boolean;
  ending: Ending;
  /** Made when it is sent, because signatures have their time. */
  bytes(): Buffer;
}

const gateways = fc.constantFrom(...GATEWAY_NAMES);
const PAGES = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/docs/',
  '/docs/swagger-ui-init.js',
];

export function hostileRequest(world: World): fc.Arbitrary<HostileRequest> {
  // A stream of changes is no answer to wait for.
  const ending = ROUTES.filter(({ path }) => path !== '/v1/changes');
  const routes = fc.constantFrom(...ending, ...ending.filter(({ body }) => body !== undefined));
  return fc.oneof(
    { weight: 130, arbitrary: routes.chain((route) => ofRoute(route, world)) },
    { weight: 60, arbitrary: gateways.chain((name) => ofGateway(name, world)) },
    { weight: 20, arbitrary: rawWire.map((raw) => ofBytes(raw, 'linger')) },
    { weight: 1, arbitrary: fc.constantFrom(...STALLED).map((raw) => ofBytes(raw, 'answer')) },
    { weight: 9, arbitrary: ofPages },
  );
}

function ofBytes([what, bytes]: RawWire, ending: Ending): HostileRequest {
  return { what, isHopeless: false, ending, bytes: () => bytes };
}

/** What can be cured is done first: the last fatal fault is still there when the request is sent. */
function spoil(draft: Draft, faults: readonly Fault[]): Draft {
  const inOrder = [
    ...faults.filter(({ isFatal }) => !isFatal),
    ...faults.filter(({ isFatal }) => isFatal),
  ];
  return inOrder.reduce((spoilt, { apply }) => apply(spoilt), draft);
}

function wordsFor(name: string, faults: readonly Fault[]): string {
  return [name, ...faults.map(({ what }) => what)].join(' | ');
}

function targetIn({ guarded, open }: World, isHopeless: boolean, pick: number): Target {
  const targets = isHopeless ? guarded : open;
  const target = targets[pick % targets.length];
  if (target === undefined) throw new Error('the world has no orders: open it first');
  return target;
}

/** Most callers stay to hear what became of their request. */
const cut = fc.oneof(
  { weight: 19, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
);

function leavingAt(
  at: number | null,
  whole: () => Buffer,
): Pick<HostileRequest, 'ending' | 'bytes'> {
  if (at === null) return { ending: 'answer', bytes: whole };
  const part = (all: Buffer): Buffer => all.subarray(0, Math.floor(all.length * at));
  return { ending: 'leave', bytes: () => part(whole()) };
}

function ofRoute(route: Route, world: World): fc.Arbitrary<HostileRequest> {
  const none = fc.constant<Fault[]>([]);
  const ofBody = fc.oneof(
    { weight: 3, arbitrary: bodyFault.map((one) => [one]) },
    { weight: 1, arbitrary: framing.map((one) => [one]) },
    { weight: 1, arbitrary: none },
  );
  return fc
    .record({
      pick: fc.nat(),
      ofBody: route.body ? ofBody : none,
      ofHead: fc.oneof(
        { weight: 3, arbitrary: none },
        { weight: 3, arbitrary: fc.array(headFault(route, world), { maxLength: 2 }) },
      ),
      cut,
    })
    .map(({ pick, ofBody: inBody, ofHead, cut: at }) => {
      const faults = [...inBody, ...ofHead];
      const isHopeless = faults.some(({ isFatal }) => isFatal);
      const target = targetIn(world, isHopeless, pick);
      const whole = () => bytesOf(spoil(spoil(draftFor(route, target, world), inBody), ofHead));
      const what = wordsFor(`${route.method} ${route.path}`, faults);
      return { what, isHopeless, ...leavingAt(at, whole) };
    });
}

/** What is done to it before it is signed, while it is signed, or after; never two that cure each other. */
function ofGateway(gateway: GatewayName, world: World): fc.Arbitrary<HostileRequest> {
  const none = {
    before: [] as Fault[],
    signing: { offS: 0 } as Signing,
    after: [] as Fault[],
    isForged: false,
  };
  const change = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .oneof(bytes, trees, fields, oddOrderId)
        .map((one) => ({ ...none, before: [one] })),
    },
    {
      weight: 1,
      arbitrary: wrongSigning(gateway).map((signing) => ({ ...none, signing, isForged: true })),
    },
    { weight: 4, arbitrary: tampering(gateway).map((one) => ({ ...none, after: [one] })) },
    {
      weight: 1,
      arbitrary: fc
        .oneof(methods, fc.constantFrom(...UNREADABLE), odd)
        .map((one) => ({ ...none, after: [one] })),
    },
  );
  return fc
    .record({ pick: fc.nat(), type: fc.nat({ max: 30 }), change, cut })
    .map(({ pick, type, change: { before, signing, after, isForged }, cut: at }) => {
      const isHopeless = isForged || after.some(({ isFatal }) => isFatal);
      const target = targetIn(world, isHopeless, pick);
      const draft = () => spoil(unsignedDraft(gateway, type, target), before);
      const whole = () => bytesOf(spoil(sign(gateway, draft(), signing), after));
      const name = `webhook of ${gateway}${isForged ? `, signed ${JSON.stringify(signing)}` : ''}`;
      return { what: wordsFor(name, [...before, ...after]), isHopeless, ...leavingAt(at, whole) };
    });
}

const ofPages: fc.Arbitrary<HostileRequest> = fc
  .tuple(fc.constantFrom(...PAGES), fc.oneof(methods, paths, fc.constantFrom(...UNREADABLE), odd))
  .map(([path, one]) => {
    const headers: Draft['headers'] = [
      ['host', 'localhost'],
      ['connection', 'close'],
    ];
    const draft: Draft = { method: 'GET', path, query: '', headers, body: Buffer.alloc(0) };
    const whole = () => bytesOf(one.apply(draft));
    return { what: wordsFor(path, [one]), isHopeless: false, ending: 'answer', bytes: whole };
  });
