import { Server } from 'node:tls';

let listener: unknown;

/** Returns the listener of 'connection' with which the platform begins to speak TLS, the same one in each server. */
export function tlsListener(): unknown {
  listener ??= new Server().listeners('connection')[0];
  return listener;
}
