export { fromNodeHandler } from '../../plugin/http-app.js';
export { publish, type PublishOptions } from './publish.js';
export type {
  ClosableApp,
  FetchApp,
  HttpContext,
  HttpEnv,
  Message,
  NodeApp,
  NodeHandler,
  Peer,
  SendOptions,
  WebSocketHooks,
} from '../../plugin/http-app.js';
