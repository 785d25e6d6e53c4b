import { createServer } from 'node:http';
import { patchGlobalRequest } from 'srvx/node';
import type { FenceNote } from '../../sockets/protocol.js';
import type { WebSocketHooks } from '../../plugin/http-app.js';
import { HttpConnections } from '../../sockets/thread/http-connections.js';
import { TunnelEnd } from '../../sockets/thread/tunnel-end.js';
import type { OpenService } from '../../thread/services.js';
import type { ThreadHttpOptions } from '../thread-options.js';
import type { ThreadNote } from '../notes.js';
import { flattenNote, readNote } from '../websocket/flat-note.js';
import { hookNames, type FromThread, type HookName, type ToThread } from '../websocket/notes.js';
import { labelOf } from './label-of.js';
import { NamedResponse } from './named-response.js';
import { PeerHooks } from './peer-hooks.js';
import { useQuickResponses } from './quick-response.js';
import { RequestHandler } from './request-handler.js';
import { RequestLog } from './request-log.js';
import { resolveApp } from './resolve-app.js';
import { Upgrades } from './upgrades.js';

/** Serves a plugin's web app in this thread: Node's own HTTP server, on the connections that the host gives it. */
export const openHttp: OpenService = async (port, options, host) => {
  const settings = options as ThreadHttpOptions;
  const app = await resolveApp(host.plugin, host.definition.http);
  if (app.fetch) {
    useQuickResponses();
    // Otherwise `new Request(request)` would take a request of srvx for a URL.
    patchGlobalRequest();
  }
  const log = new RequestLog();
  const handler = new RequestHandler(app, host, settings, log);
  const server = createServer({ ...settings.server, ServerResponse: NamedResponse }, (req, res) =>
    handler.handle(req, res),
  );
  const end: TunnelEnd = new TunnelEnd(port, {
    highWaterMark: settings.server.highWaterMark,
    accept: (socket) => {
      // The host decides how long the connection is kept.
      const { isParsed, isShared } = labelOf(socket);
      if (isParsed || isShared) socket.setTimeout = () => socket;
      connections.accept(socket, server);
    },
    leave: (socket) => connections.leave(socket),
    note: (crossed) => {
      const note = readNote(crossed) as FenceNote | ToThread;
      if (note.kind === 'fence') {
        connections.fence();
        end.note(note);
      } else hooks?.read(note);
    },
  });
  const connections = new HttpConnections(end);
  const tell = (note: FromThread): void => end.note(flattenNote(note), movedIn(note));
  const hooks = app.websocket && new PeerHooks(app.websocket, host, tell);
  if (app.websocket) {
    const upgrades = new Upgrades(app.websocket, host, settings, end);
    server.on('upgrade', (req, socket, head: Buffer) => void upgrades.answer(req, socket, head));
  }
  end.note({ kind: 'serves', hooks: app.websocket && hooksOf(app.websocket) } satisfies ThreadNote);
  end.beforeFlush(() => {
    const requests = log.take();
    if (requests) end.note(requests);
  });
  handler.onLogged = () => end.wake();
  // The platform only checks time-outs of a server that listens.
  server.emit('listening');
  return {
    tell: (note) => tell(note as FromThread),
    close: async () => {
      connections.close();
      end.close();
      server.close();
      await app.close();
    },
  };
};

function hooksOf(websocket: WebSocketHooks): HookName[] {
  return hookNames.filter((name) => typeof websocket[name] === 'function');
}

/** Returns the buffers to move: many bytes are moved, because they are a copy already. */
function movedIn(note: FromThread): ArrayBuffer[] {
  const bytes = 'data' in note ? note.data.bytes : '';
  return typeof bytes === 'string' ? [] : [bytes.buffer as ArrayBuffer];
}
