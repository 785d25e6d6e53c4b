import type { ServerResponse } from 'node:http';

/** Calls `sent` once: when the head of a response is sent, or its connection is gone before. */
export function whenHeadSent(res: ServerResponse, sent: () => void): void {
  // Frameworks replace the prototype of a response, but not its own properties.
  const writeHead = res.writeHead.bind(res);
  let isSent = false;
  const say = (): void => {
    if (isSent) return;
    isSent = true;
    sent();
  };
  res.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const answer = writeHead(...args);
    say();
    return answer;
  }) as typeof writeHead;
  res.once('close', say);
}
