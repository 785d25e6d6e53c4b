import { constants } from 'node:os';
import type { ListenRequest } from '../surface/listen.js';

/** Returns the key of an address: two requests with the same key mean the same address. For port 0, it is the n-th of a host. */
export function addressKey({ port, host, path, ipv6Only }: ListenRequest, nth: number): string {
  if (path !== undefined) return path;
  const name = `${host ?? '*'}${ipv6Only ? ' for IPv6' : ''}`;
  return port === 0 || port === undefined ? `${name}:0#${nth}` : `${name}:${port}`;
}

/** Describes an address: `http 0.0.0.0:3000`. */
export function describeAddress({ scheme, port, host, path }: ListenRequest): string {
  const place = path ?? `${host ?? '*'}:${port ?? 0}`;
  return scheme === undefined ? place : `${scheme} ${place}`;
}

/** Returns the platform's error for an address that is taken. */
export function addressInUse({ host = '::', port, path }: ListenRequest): Error {
  const address = path ?? host;
  const place = path ?? `${host}:${port}`;
  return Object.assign(new Error(`listen EADDRINUSE: address already in use ${place}`), {
    code: 'EADDRINUSE',
    errno: -constants.errno.EADDRINUSE,
    syscall: 'listen',
    address,
    ...(path === undefined && { port }),
  });
}

/** Returns whether an error says that an address is taken. */
export function isAddressInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
}
