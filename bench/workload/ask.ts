import { get, type Agent } from 'node:http';

/** Requests `url` and resolves to the body; on a connection of its own unless `agent` keeps one. Rejects unless the status is 200. */
export function ask(url: string, agent: Agent | false = false): Promise<string> {
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
  });
}
