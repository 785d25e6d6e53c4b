import { dirname } from 'node:path';
import type { TypeRemark } from '../type-finding.js';
import type { AppCompiler, AppProgram } from './app-compiler.js';

/** The part of `typescript/unstable/sync` that is needed here. */
export type NativeApi = new (options: {
  readonly cwd: string;
  readonly fs: {
    /** `undefined` means: read it from disk. */
    readFile(path: string): string | undefined;
    fileExists(path: string): true | undefined;
  };
}) => NativeConnection;

interface NativeConnection {
  updateSnapshot(changes: {
    openProjects?: readonly string[];
    fileChanges?: { readonly changed: readonly string[] };
  }): NativeSnapshot;
  close(): void;
}

interface NativeSnapshot {
  getProject(configPath: string): { readonly program: NativeProgram } | undefined;
  dispose(): void;
}

interface NativeProgram {
  getSyntacticDiagnostics(path: string): readonly NativeDiagnostic[];
  getSemanticDiagnostics(path: string): readonly NativeDiagnostic[];
}

interface NativeDiagnostic {
  readonly pos: number;
  readonly end: number;
  readonly code: number;
  readonly category: number;
  readonly text: string;
  readonly messageChain?: readonly NativeDiagnostic[];
}

/** The diagnostic category of errors. */
const ERROR = 1;

/** A compiler in a process of its own: TypeScript 7 and later. */
export class NativeCompiler implements AppCompiler {
  readonly #open: NativeApi;
  #connection: NativeConnection | undefined;
  #snapshot: NativeSnapshot | undefined;
  #program: AppProgram | undefined;
  #checked: NativeProgram | undefined;

  constructor(open: NativeApi) {
    this.#open = open;
  }

  update(program: AppProgram, changed: ReadonlySet<string>): void {
    const before = this.#snapshot;
    const { configPath } = program;
    const made = [configPath, ...program.made.keys(), ...(this.#program?.made.keys() ?? [])];
    this.#program = program;
    if (this.#connection) {
      // Files that were added or deleted count as changed, too.
      const fileChanges = { changed: [...new Set([...changed, ...made])] };
      this.#snapshot = this.#connection.updateSnapshot({ fileChanges });
    } else {
      this.#connection = new this.#open({ cwd: dirname(configPath), fs: this.#files });
      this.#snapshot = this.#connection.updateSnapshot({ openProjects: [configPath] });
    }
    before?.dispose();
    this.#checked = this.#snapshot.getProject(configPath)?.program;
    if (!this.#checked) throw new Error(`it makes no program of ${configPath}`);
  }

  syntax(path: string): readonly TypeRemark[] {
    return (this.#checked?.getSyntacticDiagnostics(path) ?? []).map(plain);
  }

  semantics(path: string): readonly TypeRemark[] {
    return (this.#checked?.getSemanticDiagnostics(path) ?? []).map(plain);
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#snapshot = undefined;
    this.#checked = undefined;
    try {
      connection?.close();
    } catch {
      // If the compiler's process has died, closing sends it another request, and throws.
    }
  }

  get #files(): { readFile(path: string): string | undefined; fileExists(path: string): true | undefined } {
    const textOf = (path: string): string | undefined =>
      path === this.#program?.configPath
        ? this.#program.config
        : (this.#program?.made.get(path) ?? this.#program?.parsed(path));
    return {
      readFile: textOf,
      fileExists: (path) => (textOf(path) === undefined ? undefined : true),
    };
  }
}

function plain(diagnostic: NativeDiagnostic): TypeRemark {
  const { pos, end, code, category } = diagnostic;
  return { start: pos, length: end - pos, code, isError: category === ERROR, text: textOf(diagnostic) };
}

/** Formats a message with its chain of reasons, each indented further. */
function textOf({ text, messageChain = [] }: NativeDiagnostic, depth = 0): string {
  return ['  '.repeat(depth) + text, ...messageChain.map((one) => textOf(one, depth + 1))].join('\n');
}
