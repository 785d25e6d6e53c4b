import { boundHost } from '../../plugin/host-binding.js';
import type { SendOptions } from '../../plugin/http-app.js';
import { checkTopic } from '../websocket/check-control.js';
import type { FromThread } from '../websocket/notes.js';
import { sentOf } from '../websocket/sent.js';

/** Options for publishing. */
export interface PublishOptions extends SendOptions {
  /** Limits publishing to one namespace; by default, it goes to all. */
  readonly namespace?: string;
}

/**
 * Sends to every client that has subscribed to `topic`. It needs no peer, so it works in live functions, jobs and timers.
 *
 * @throws LiveswapError `NOT_LOADED` outside a running plugin; `OPTION_INVALID` when `topic` or `namespace` is not a string
 */
export function publish(topic: string, data: unknown, options: PublishOptions = {}): void {
  const { namespace } = options;
  checkTopic(topic);
  if (namespace !== undefined) checkTopic(namespace, 'namespace');
  const note: FromThread = {
    kind: 'publish',
    topic,
    data: sentOf(data, options),
    namespace,
    except: undefined,
  };
  boundHost().tellService?.('http', note);
}
