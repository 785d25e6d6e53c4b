import { Agent, get as httpGet } from 'node:http';

/** Resolves to the body of the answer to a GET over an agent's connections. */
export function textOf(url: string, agent = new Agent()): Promise<string> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject);
  });
}
