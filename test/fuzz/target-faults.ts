/** What can be wrong with what a request is aimed at: its method, its path, its query. */
import fc from 'fast-check';
import { type Fault, fault } from './draft.ts';

/** No answer may repeat it: it stands where secrets and private texts stand. */
export const CANARY = 'zq-canary-7f3a91';

export const anyByte = fc.uint8Array({ maxLength: 60 }).map((bytes) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, ''),
);

const METHODS = [
  'DELETE',
  'PUT',
  'PATCH',
  'TRACE',
  'OPTIONS',
  'PROPFIND',
  'M-SEARCH',
  'CONNECT',
  'QUERY',
  'PRI',
  'get',
  'BREW',
  '',
];

export const methods = fc
  .constantFrom(...METHODS)
  .map((method) => fault(`method ${method}`, true, (draft) => ({ ...draft, method })));

/** No path with it is one of ours. */
const WRONG_ENDS = ['/', '//', '%00', '%zz', '%', '%C0%AE', '%0d%0aX-A:%20b', '/../..', '%ff'];
/** At the end of an id they only make another id, which nobody has. */
const ODD_ENDS = ['%2F', '%2e%2e', ';a=b', '\\', '.json', '~', '*'];

function pathEnd(end: string, isFatal: boolean): Fault {
  return fault(`path ends in ${end}`, isFatal, (draft) => ({
    ...draft,
    path: `${draft.path}${end}`,
  }));
}

export const paths: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(...WRONG_ENDS).map((end) => pathEnd(end, true)),
  fc.constantFrom(...ODD_ENDS).map((end) => pathEnd(end, false)),
  fc.constantFrom('/', '/.', '/V1/..', '/%2e', 'http://evil.test/x', '//evil.test').map((start) =>
    fault(`path begins with ${start}`, true, (draft) => ({
      ...draft,
      path: `${start}${draft.path}`,
    })),
  ),
  fc
    .constantFrom('a'.repeat(65), '-a', 'a b', 'é', '__proto__%', '..', '%E2%80%AE', 'a@b')
    .map((id) =>
      fault(`path to ${id}`, true, (draft) => ({ ...draft, path: `/v1/orders/${id}/events` })),
    ),
  fc
    .webPath()
    .map((path) =>
      fault('a path of nowhere', true, (draft) => ({ ...draft, path: `/v1/x${path}` })),
    ),
  anyByte.map((path) =>
    fault('a path of bytes', true, (draft) => ({ ...draft, path: `/v1/orders/~${path}` })),
  ),
);

const QUERIES = [
  '?state=lost',
  '?state=paid&state=paid',
  '?state[]=paid',
  '?__proto__[state]=paid',
  '?limit=0',
  '?limit=201',
  '?limit=1e2',
  '?limit=%00',
  '?cursor=!',
  `?colour=${CANARY}`,
  '?state=%zz',
  '?limit=٣',
  '?customer=a%00b',
  '?needsReview=TRUE',
  '?paymentId=%00',
  '?refundId=',
  '?email=a+b@example.com',
  '?createdFrom=0000-01-01',
  '?createdTo=%2B275760-09-13T00:00:00Z',
  '?amount=1e3',
  '?currency=inr',
  '?reviewReason=none',
  '?invoiceNumber=9999999999999999',
  '?decisions=1',
  '?=1',
  '?state',
];

export const queries: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .constantFrom(...QUERIES)
    .map((query) => fault(`query ${query}`, true, (draft) => ({ ...draft, query }))),
  fc.base64String().map((text) =>
    fault('a cursor of nobody', false, (draft) => ({
      ...draft,
      query: `?cursor=${encodeURIComponent(text)}`,
    })),
  ),
  fc
    .webQueryParameters()
    .map((query) => fault('a random query', false, (draft) => ({ ...draft, query: `?${query}` }))),
);
