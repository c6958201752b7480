/** A page on which a person gives the token to this browser, as Temporal's UI cannot send one. */

const page = (said: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Payonce codec server</title>
<h1>Payonce codec server</h1>
<p role="status">${said}</p>
<form method="post" action="/session">
  <label>Token <input name="token" type="password" autocomplete="off" required></label>
  <button>Sign in</button>
</form>
</html>
`;

export const SIGN_IN_PAGE = page('Sign in to see in the Temporal UI what orders hold.');
export const SIGNED_IN_PAGE = page(
  'Signed in. In the Temporal UI: set this address as codec endpoint, and include credentials.',
);
export const REFUSED_PAGE = page('This is not the token: see CODEC_SERVER_TOKEN.');
