import type { ListenRequest } from '../surface/listen.js';

/** What makes two requests mean the same address; of port 0, the n-th of a host is meant. */
export function addressKey({ port, host, path }: ListenRequest, nth: number): string {
  if (path !== undefined) return path;
  const name = host ?? '*';
  return port === 0 || port === undefined ? `${name}:0#${nth}` : `${name}:${port}`;
}

/** The same for people: `http 0.0.0.0:3000`. */
export function describeAddress({ port, host, path }: ListenRequest): string {
  return path ?? `${host ?? '*'}:${port ?? 0}`;
}
