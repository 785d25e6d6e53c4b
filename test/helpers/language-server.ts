import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

/** A diagnostic as the protocol of TypeScript's server has it. */
export interface ServerDiagnostic {
  readonly text: string;
  readonly code: number;
  readonly source?: string;
  readonly start: { readonly line: number; readonly offset: number };
}

interface Message {
  readonly type: 'response' | 'event';
  readonly event?: string;
  readonly request_seq?: number;
  readonly body?: unknown;
}

/** TypeScript's language server, driven over its protocol as an editor does. */
export class LanguageServer {
  readonly #child;
  readonly #waiting = new Map<number, (body: unknown) => void>();
  readonly #diagnostics = new Map<string, readonly ServerDiagnostic[]>();
  readonly #open = new Set<string>();
  #received = Buffer.alloc(0);
  #sent = 0;

  /** @param probe the folder whose packages are looked through for plugins */
  constructor(probe: string) {
    const server = createRequire(import.meta.url).resolve('typescript/lib/tsserver.js');
    const args = [server, '--pluginProbeLocations', probe, '--disableAutomaticTypingAcquisition'];
    this.#child = spawn(process.execPath, args, { cwd: probe, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    onTestFinished(() => void this.#child.kill());
  }

  /** Returns the diagnostics that an editor shows in a file. */
  shown(file: string): readonly ServerDiagnostic[] {
    return this.#diagnostics.get(file) ?? [];
  }

  open(file: string): void {
    this.#open.add(file);
    this.#send('open', { file });
    this.#askForDiagnostics();
  }

  /** Changes an open file without saving it. */
  edit(file: string, text: string): void {
    this.#send('updateOpen', { openFiles: [{ file, fileContent: text }] });
    this.#askForDiagnostics();
  }

  close(file: string): void {
    this.#open.delete(file);
    this.#diagnostics.delete(file);
    this.#send('close', { file });
  }

  request(command: string, args: object): Promise<unknown> {
    const number = this.#send(command, args);
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  #askForDiagnostics(): void {
    this.#send('geterr', { files: [...this.#open], delay: 0 });
  }

  #send(command: string, args: object): number {
    this.#sent++;
    this.#child.stdin.write(
      `${JSON.stringify({ seq: this.#sent, type: 'request', command, arguments: args })}\n`,
    );
    return this.#sent;
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const head = /^\s*Content-Length: (\d+)\r\n\r\n/.exec(this.#received.toString('latin1'));
      if (!head) return;
      const end = head[0].length + Number(head[1]);
      if (this.#received.length < end) return;
      this.#onMessage(JSON.parse(this.#received.toString('utf8', head[0].length, end)) as Message);
      this.#received = this.#received.subarray(end);
    }
  }

  #onMessage({ event, request_seq: number = 0, body }: Message): void {
    this.#waiting.get(number)?.(body);
    this.#waiting.delete(number);
    if (event === 'semanticDiag') {
      const { file, diagnostics } = body as { file: string; diagnostics: ServerDiagnostic[] };
      this.#diagnostics.set(file, diagnostics);
    }
    if (event === 'projectsUpdatedInBackground') this.#askForDiagnostics();
  }
}
