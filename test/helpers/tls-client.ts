import { readFile } from 'node:fs/promises';
import { connect, type ConnectionOptions } from 'node:tls';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

/** Two pairs of a key and a certificate: one is for `localhost`, the renewed one for `renewed.localhost`. */
export const certificates = {
  'key.pem': await read('key'),
  'cert.pem': await read('cert'),
  'renewed-key.pem': await read('renewed-key'),
  'renewed-cert.pem': await read('renewed-cert'),
};

/** Resolves to the answer to a request, the name in the certificate, and the data that resumes the session. */
export function ask(
  url: string,
  servername?: string,
  path = '/',
  own: ConnectionOptions = {},
): Promise<{ readonly text: string; readonly subject: string; readonly session: Buffer | undefined }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    let subject = '';
    let session: Buffer | undefined;
    const options = { host: hostname, port: Number(port), rejectUnauthorized: false, ...own };
    const socket = connect({ ...options, ...(servername !== undefined && { servername }) }, () => {
      // A session that is resumed brings no certificate.
      const { subject: named } = socket.getPeerCertificate() as { subject?: { CN: string } };
      subject = named?.CN ?? '';
      socket.write(`GET ${path} HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n`);
    });
    socket.setEncoding('utf8');
    socket.on('session', (data) => (session = data));
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve({ text, subject, session }));
  });
}
