/** `GET /`: what runs here and where to go on, as a page for a browser and as JSON for everything else. */
import type { Request, Response } from 'express';
import { escaped, pageOf } from '../problems/page.ts';
import { replyOf, send } from './reply.ts';

type Place = { path: string; text: string };

const PLACES = {
  console: {
    path: '/console',
    text: 'orders, reviews and parked events, for support and operators',
  },
  docs: { path: '/docs', text: 'every endpoint, to read and to try' },
  openapi: { path: '/openapi.json', text: 'the same as an OpenAPI document' },
  readiness: {
    path: '/readyz',
    text: 'whether Temporal, the database and the gateways can be used',
  },
} satisfies Record<string, Place>;

/**
 * @param temporalUiUrl where operators see the orders' workflows; left out where it is not known
 * @param hasConsole whether the console is below this address
 */
export function createLandingPage({
  temporalUiUrl,
  hasConsole,
}: {
  temporalUiUrl?: string;
  hasConsole: boolean;
}) {
  const { console, ...others } = PLACES;
  const places: Record<string, Place> = {
    ...(hasConsole ? { console } : {}),
    ...others,
    ...(temporalUiUrl && {
      temporalUi: { path: temporalUiUrl, text: 'the workflow of each order, in Temporal’s UI' },
    }),
  };
  const paths = Object.entries(places).map(([name, { path }]) => [name, path]);
  const json = { name: 'Payonce', ...Object.fromEntries(paths) };
  const page = Buffer.from(landingPage(Object.values(places)));
  return (request: Request, response: Response): void => {
    response.vary('accept');
    const isBrowser = request.accepts(['json', 'html']) === 'html';
    const html = { body: page, headers: { 'content-type': 'text/html; charset=utf-8' } };
    send(response, replyOf({ status: 200, ...(isBrowser ? html : { body: json }) }));
  };
}

function landingPage(places: readonly Place[]): string {
  const items = places.map(
    ({ path, text }) => `<li><a href="${escaped(path)}">${escaped(path)}</a>: ${text}</li>`,
  );
  return pageOf(
    'Payonce',
    `<p>This is the API of a payment processor that cannot charge, grant or invoice twice. Orders begin with POST /v1/orders and an API key.</p>
<ul>
${items.join('\n')}
</ul>
<p>At a terminal: <code>npm run payonce -- list</code> shows the orders, <code>npm run payonce -- doctor</code> checks this installation.</p>`,
  );
}
