import type { SocketOptions } from '../sockets/host/socket-end.js';
import type { HttpTunnels } from './http-tunnels.js';
import { rawResponse } from './raw-response.js';
import { retryHeaders, statusOf } from './statuses.js';
import type { Upgrade } from './websocket/notes.js';

/** Returns the options for sockets whose bytes go to the threads of a plugin. */
export function socketOptions({ switchboard, webSockets, statuses }: HttpTunnels): SocketOptions {
  return {
    place: (connection) => switchboard.place(connection),
    mayRepeat: switchboard.mayRepeat,
    refusal: (cause) => rawResponse(statusOf(cause, statuses), retryHeaders(cause)),
    take: (socket, bytes, purpose) => webSockets.take(socket, bytes, purpose as Upgrade),
  };
}
