/**
 * The page that shows the OpenAPI document, from files of our own. It serves those files whole or not at
 * all: ranges and conditions would bring answers that no problem describes.
 */
import type { Express, RequestHandler } from 'express';
import swaggerUi from 'swagger-ui-express';
import { replyOf, send } from '../http/reply.ts';
import { Problem } from '../problems/problem.ts';

/** What the page asks for; Swagger's folder has more, which is not served. */
const FILES: ReadonlySet<string> = new Set([
  '/',
  '/swagger-ui.css',
  '/swagger-ui-bundle.js',
  '/swagger-ui-init.js',
  '/swagger-ui-standalone-preset.js',
  '/favicon-16x16.png',
  '/favicon-32x32.png',
]);
const CONDITIONS = ['if-match', 'if-unmodified-since'];

export function mountDocs(app: Express, document: object): void {
  app.get('/openapi.json', (_request, response) => {
    send(response, replyOf({ status: 200, body: document }));
  });
  const files = swaggerUi.serveWithOptions({ acceptRanges: false });
  app.use('/docs', onlyFiles, files, swaggerUi.setup(document));
}

const onlyFiles: RequestHandler = ({ method, path, headers }, _response, next) => {
  if (!FILES.has(path)) throw new Problem('route_not_found');
  if (method !== 'GET' && method !== 'HEAD')
    throw new Problem('method_not_allowed', { headers: { allow: 'GET, HEAD' } });
  for (const name of CONDITIONS) delete headers[name];
  next();
};
