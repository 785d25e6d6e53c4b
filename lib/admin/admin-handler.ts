import { checkRequest } from '../core/check-request.js';
import { isLiveswapError, messageOf } from '../core/errors.js';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Details } from '../swap/details.js';
import type { Swapper } from '../swap/swapper.js';
import { Feed } from './feed.js';
import { Guard } from './guard.js';
import { resolveAdminOptions, type AdminAction, type AdminOptions, type AdminSettings } from './options.js';
import { readPage, type Page } from './page.js';

/** Answers the requests of the admin page. */
export type AdminHandler = (request: Request) => Promise<Response>;

const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * Returns a handler for a page that shows a swapper at work: generations, versions, threads, what drains and why, and what
 * happens. The page needs no network but this handler, which may be mounted at any path.
 *
 * A request whose `Host` is neither loopback nor in `hosts` is answered with 421. A change needs the token in a header and the
 * page's own `Origin`.
 *
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * const admin = adminHandler(swapper, { allow: ['reload'], token: process.env.ADMIN_TOKEN });
 * app.all('/admin/*', (c) => admin(c.req.raw));
 */
export function adminHandler(swapper: Swapper, options: AdminOptions = {}): AdminHandler {
  checkSwapper(swapper);
  const settings = resolveAdminOptions(options);
  const feed = new Feed(swapper);
  const guard = new Guard(settings);
  let page: Page | undefined;
  return async (request) => {
    checkRequest(request);
    const { pathname } = new URL(request.url);
    const name = pathname.slice(pathname.lastIndexOf('/') + 1);
    const isPage = name !== 'events';
    const refusal =
      guard.refuseHost(request) ?? guard.refuseReading(request, isPage && request.method === 'GET');
    if (refusal) return text(refusal.status, refusal.reason);
    if (request.method === 'POST') return change(swapper, settings, guard, name, request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Method Not Allowed');
    if (!isPage)
      return new Response(feed.open(), { headers: { ...headers, 'content-type': 'text/event-stream' } });
    page ??= await readPage(settings, swapper.pluginDir);
    const { html, policy } = page;
    return new Response(html, {
      headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    });
  };
}

async function change(
  swapper: Swapper,
  settings: AdminSettings,
  guard: Guard,
  name: string,
  request: Request,
): Promise<Response> {
  const refusal = guard.refuseChange(request);
  if (refusal) return text(refusal.status, refusal.reason);
  if (name !== 'reload' && name !== 'rollback') return text(404, 'Not Found');
  if (!settings.allow.has(name))
    return text(403, `${name} is not allowed here: name it in the option allow.`);
  try {
    return Response.json({ details: await changed(swapper, name) }, { headers });
  } catch (error) {
    const code = isLiveswapError(error) ? error.code : 'INTERNAL';
    return Response.json({ code, message: messageOf(error) }, { status: 409, headers });
  }
}

function changed(swapper: Swapper, action: AdminAction): Promise<Details> {
  return action === 'reload' ? swapper.reload() : swapper.rollback();
}

function text(status: number, reason: string): Response {
  return new Response(`${reason}\n`, {
    status,
    headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
  });
}
