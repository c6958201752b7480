/** Lets the pages of one origin ask, Temporal's UI; every other page is refused before anything is read. */
import type { RequestHandler } from 'express';

/** Browsers keep the answer to their question for as long. */
const PREFLIGHT_S = 600;

export function allowOrigin(uiOrigin: string, ownOrigins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary('Origin');
    // Programs send none, and are held by the token alone; so is the sign-in page, which is our own.
    if (origin === undefined || ownOrigins.includes(origin)) return next();
    if (origin !== uiOrigin) {
      response.locals.code = 'origin_refused';
      return response
        .status(403)
        .json({ message: 'Set CODEC_SERVER_UI_ORIGIN to the origin of the UI.' });
    }
    response.set({
      'access-control-allow-origin': uiOrigin,
      'access-control-allow-credentials': 'true',
    });
    if (request.method !== 'OPTIONS') return next();
    return response
      .set({
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, x-namespace',
        'access-control-allow-private-network': 'true',
        'access-control-max-age': String(PREFLIGHT_S),
      })
      .status(204)
      .end();
  };
}
