import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent, sharedNow } from './helper-process.js';

/** Requests at a fixed rate, whether or not earlier ones are answered. */
export interface ProbeQuestion {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

/**
 * One request: the time when it was due (on the shared clock), the milliseconds until its answer was complete, and the answer.
 */
export interface Sample {
  readonly at: number;
  readonly ms: number;
  /** Version of the code that answered, or why there was no answer. */
  readonly outcome: { readonly version: number } | { readonly error: string };
}

const agent = new Agent({ keepAlive: true });

answerParent<ProbeQuestion, Sample[]>(async ({ url, requestsPerSecond, seconds }) => {
  const began = sharedNow();
  const samples: Promise<Sample>[] = [];
  while (samples.length < requestsPerSecond * seconds) {
    const due = began + (samples.length * 1000) / requestsPerSecond;
    const early = due - sharedNow();
    // Latency counts from the time when a request was due: a client that waits for the server would not see the server's pauses.
    if (early > 0) await sleep(early);
    else samples.push(send(url, due));
  }
  return Promise.all(samples);
});

async function send(url: string, at: number): Promise<Sample> {
  const outcome = await versionOf(url).then(
    (version) => ({ version }),
    (error: unknown) => ({ error: String(error) }),
  );
  return { at, ms: sharedNow() - at, outcome };
}

function versionOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, timeout: 5_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve((JSON.parse(body) as { version: number }).version);
        else reject(new Error(`HTTP ${response.statusCode}`));
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject).end();
  });
}
