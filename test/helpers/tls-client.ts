import { readFile } from 'node:fs/promises';
import { connect, type ConnectionOptions } from 'node:tls';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

/** Two pairs of a key and a certificate: `key.pem` is of `localhost`, `renewed-key.pem` of `renewed.localhost`. */
export const certificates = {
  'key.pem': await read('key'),
  'cert.pem': await read('cert'),
  'renewed-key.pem': await read('renewed-key'),
  'renewed-cert.pem': await read('renewed-cert'),
};

/** The answer to a request, and whom the certificate names. */
export function ask(
  url: string,
  servername?: string,
  path = '/',
  own: ConnectionOptions = {},
): Promise<{ readonly text: string; readonly subject: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    let subject = '';
    const options = { host: hostname, port: Number(port), rejectUnauthorized: false, ...own };
    const socket = connect({ ...options, ...(servername !== undefined && { servername }) }, () => {
      subject = socket.getPeerCertificate().subject.CN as string;
      socket.write(`GET ${path} HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n`);
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve({ text, subject }));
  });
}
