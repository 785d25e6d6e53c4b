import type { IncomingMessage, ServerResponse } from 'node:http';
import { isThenable } from '../../core/is-thenable.js';
import type { NodeHandler } from '../../plugin/http-app.js';
import { whenHeadSent } from '../../sockets/thread/when-head-sent.js';

/**
 * Answers a request. Returns a promise if that takes longer than this turn. Calls `returned` when the app's function has returned
 * and only the body of the response is left.
 */
export type Answering = (
  req: IncomingMessage,
  res: ServerResponse,
  returned: () => void,
) => Promise<unknown> | undefined;

/**
 * Answers with a handler of Node's kind. Many return at once and answer later: with `untilHead`, the function counts as returned
 * only when the head of its response has been sent.
 */
export function answeringOf(handle: NodeHandler, untilHead: boolean): Answering {
  return (req, res, returned) => {
    let left = 2;
    const isOver = (): void => {
      if (--left === 0) returned();
    };
    if (untilHead) whenHeadSent(res, isOver);
    else isOver();
    const answer: unknown = handle(req, res);
    if (!isThenable(answer)) {
      isOver();
      return undefined;
    }
    const settled = Promise.resolve(answer);
    settled.then(isOver, isOver);
    return settled;
  };
}
