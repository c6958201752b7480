/** A browser as far as HTTP goes: it keeps cookies by host and follows nobody by itself. */

export interface Visitor {
  cookies: Map<string, string>;
  visit(url: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects until the answer is none, or leads to where `until` says. */
  follow(url: string, until?: (url: string) => boolean): Promise<string>;
}

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

export function newVisitor(): Visitor {
  const cookies = new Map<string, string>();
  const visit: Visitor['visit'] = async (url, init = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...PAGE, ...init.headers, ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    visit,
    follow: async (url, until = () => false) => {
      let at = url;
      for (;;) {
        if (until(at)) return at;
        const { headers } = await visit(at);
        const location = headers.get('location');
        if (location === null) return at;
        at = new URL(location, at).href;
      }
    },
  };
}

/** Signs in at the test's provider, and stops with the address that leads back. */
export async function answerOf(
  { visit, follow }: Visitor,
  signInUrl: string,
  form: Record<string, string>,
  change: (asked: URL) => void = () => {},
): Promise<string> {
  const { headers } = await visit(signInUrl);
  const asked = new URL(headers.get('location') ?? '');
  change(asked);
  const isBack = (url: string) => url.includes('/console/session/callback');
  const at = await follow(asked.href, (url) => url.includes('/interaction/') || isBack(url));
  if (isBack(at)) return at;
  const sent = await visit(at, { method: 'POST', body: new URLSearchParams(form) });
  return follow(new URL(sent.headers.get('location') ?? '', at).href, isBack);
}
