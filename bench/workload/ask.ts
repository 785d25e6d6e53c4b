import { get, type Agent } from 'node:http';

/** Milliseconds until a request counts as failed: some peers never answer one that reaches them while they restart. */
const PATIENCE_MS = 5_000;

/**
 * Requests `url` and resolves to the body. Uses a connection of its own unless `agent` keeps one. Rejects unless the status is
 * 200, and when nothing comes for `patienceMs`.
 */
export function ask(
  url: string,
  agent: Agent | false = false,
  patienceMs: number = PATIENCE_MS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url} answered ${response.statusCode}.`));
      });
    });
    request.on('error', reject);
    request.setTimeout(patienceMs, () => request.destroy(new Error(`${url} did not answer.`)));
  });
}
