import { timingSafeEqual } from 'node:crypto';
import type { AdminSettings } from './options.js';

/** Reason for refusing a request. */
export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly reason: string;
}

/** Decides who may read and who may change, before anything is done. */
export class Guard {
  readonly #settings: AdminSettings;

  constructor(settings: AdminSettings) {
    this.#settings = settings;
  }

  /**
   * Refuses a request under an unknown name. Somebody's DNS made that name lead here, and pages under it must not read what
   * loopback shows.
   */
  refuseHost(request: Request): Refusal | undefined {
    const host = hostOf(request).toLowerCase();
    const name = host.replace(/:\d+$/, '');
    const { hosts } = this.#settings;
    if (isLoopback(name) || [host, name, withoutBrackets(name)].some((one) => hosts.has(one)))
      return undefined;
    return { status: 421, reason: `This page is not served as ${host}: name it in the option hosts.` };
  }

  /**
   * Refuses a reader without the token. The `token` of the address counts only for the page itself, which removes it from there.
   */
  refuseReading(request: Request, isPage: boolean): Refusal | undefined {
    if (!this.#settings.needsTokenToRead) return undefined;
    const inAddress = isPage ? new URL(request.url).searchParams.get('token') : null;
    if (this.#isToken(inAddress ?? tokenOf(request))) return undefined;
    return { status: 401, reason: 'The token is missing or wrong: open the address that was printed.' };
  }

  refuseChange(request: Request): Refusal | undefined {
    const origin = request.headers.get('origin');
    if (origin === null || !isOrigin(origin, hostOf(request)))
      return { status: 403, reason: 'A change must come from the page itself: the Origin is another one.' };
    if (this.#isToken(tokenOf(request))) return undefined;
    return { status: 401, reason: 'A change needs the token in a header.' };
  }

  #isToken(given: string | null): boolean {
    if (given === null) return false;
    const [one, other] = [Buffer.from(given), Buffer.from(this.#settings.token)];
    return one.length === other.length && timingSafeEqual(one, other);
  }
}

function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host;
}

/** Returns a host name without the brackets that an IPv6 address has in `Host`. */
function withoutBrackets(name: string): string {
  return name.replace(/^\[(.*)\]$/, '$1');
}

function tokenOf({ headers }: Request): string | null {
  return /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

function isOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    // The origin is `null`, that of a sandboxed page.
    return false;
  }
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}
