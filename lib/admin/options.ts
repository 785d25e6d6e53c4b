import { randomBytes } from 'node:crypto';
import { areStrings, checkOptions } from '../core/check-options.js';

/** A change that the page may make. */
export type AdminAction = 'reload' | 'rollback';

const actions: readonly AdminAction[] = ['reload', 'rollback'];

/** Options of `adminHandler`. */
export interface AdminOptions {
  /** Changes that the page may make. Default: none, so the page only shows. */
  readonly allow?: readonly AdminAction[];
  /**
   * Token that readers must know as well: in the address of the page as `?token=…`, otherwise in the header `authorization:
   * Bearer …`. By default, everybody who can reach the page may read it: mount the page behind your own auth.
   */
  readonly token?: string;
  /** Names by which the page may be asked for, with or without a port. Default: loopback addresses only. */
  readonly hosts?: readonly string[];
}

/** Options with all defaults filled in. */
export interface AdminSettings {
  readonly allow: ReadonlySet<AdminAction>;
  /** The token for changes; made here and given to the page when reading needs none. */
  readonly token: string;
  readonly needsTokenToRead: boolean;
  readonly hosts: ReadonlySet<string>;
}

/** Fills in the defaults. @throws LiveswapError `OPTION_INVALID` naming the option */
export function resolveAdminOptions(options: AdminOptions): AdminSettings {
  checkOptions(options, {
    allow: ["a list of 'reload' and 'rollback'", areActions],
    token: ['a string that is not empty', (value) => typeof value === 'string' && value !== ''],
    hosts: ['a list of host names', areStrings],
  });
  const { allow = [], token, hosts = [] } = options;
  return {
    allow: new Set(allow),
    token: token ?? newToken(),
    needsTokenToRead: token !== undefined,
    hosts: new Set(hosts.map((host) => host.toLowerCase())),
  };
}

/** Makes a token that cannot be guessed. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

function areActions(value: unknown): boolean {
  return (
    areStrings(value) && (value as string[]).every((one) => (actions as readonly string[]).includes(one))
  );
}
