/** Fields of an error by its code, besides `cause`. `version` is eight hexadecimal digits of the artifact's hash. */
export interface FieldsByCode {
  ARTIFACT_FORMAT: { readonly file: string; readonly format: unknown; readonly expected: number };
  ARTIFACT_INVALID: { readonly file: string };
  ARTIFACT_UNREADABLE: { readonly file: string };
  BAG_CONFLICT: { readonly plugin: string; readonly key: string };
  BUILD_FAILED: { readonly findings?: readonly object[]; readonly plugins?: readonly string[] };
  CALL_ABORTED: { readonly call?: string };
  CALL_TIMEOUT: { readonly call: string; readonly timeoutMs: number };
  CONTRACT_BROKEN: { readonly breaks: readonly object[] };
  COPY_FAILED: { readonly plugin?: string; readonly file: string; readonly folder: string };
  DEPENDENCY_CYCLE: { readonly plugins: readonly string[]; readonly files: readonly string[] };
  DEPENDENCY_RELOADABLE: { readonly plugin: string; readonly dependency: string; readonly file: string };
  DEPENDENCY_UNKNOWN: { readonly plugin: string; readonly dependency?: string; readonly file: string };
  DRAIN_TIMEOUT: { readonly plugin: string; readonly version: string; readonly drainMs?: number };
  FUNCTION_UNKNOWN: { readonly call: string; readonly plugin?: string };
  HANDLE_MISSING: { readonly liveType: string; readonly plugin?: string; readonly data?: unknown };
  HOOK_FAILED: { readonly plugin?: string; readonly hook?: string; readonly resource?: string };
  IMPORT_MISMATCH: { readonly expected?: string; readonly got?: string };
  LIMIT_EXCEEDED: { readonly limit: string; readonly needed: number; readonly available: number };
  LIVE_DATA_INVALID: { readonly path?: string; readonly data?: unknown };
  LIVE_DATA_MISMATCH: {
    readonly path?: string;
    readonly expected?: string;
    readonly got?: string;
    readonly data?: unknown;
  };
  LIVE_DUPLICATE: {
    readonly symbol: string;
    readonly plugins: readonly string[];
    readonly files: readonly string[];
  };
  NOT_CLONEABLE: { readonly path?: string };
  NOT_LOADED: { readonly call?: string; readonly plugin?: string };
  NO_PLUGINS: { readonly folder: string };
  OPTION_INVALID: { readonly option?: string; readonly event?: string };
  PLUGIN_DUPLICATE: {
    readonly plugin: string;
    readonly files?: readonly string[];
    readonly folders?: readonly string[];
  };
  PLUGIN_MISSING: { readonly plugin?: string; readonly missing?: readonly string[] };
  QUEUE_FULL: { readonly plugin: string; readonly call: string; readonly maxQueued: number };
  RETIRED: { readonly plugin?: string; readonly version?: string };
  START_FAILED: {
    readonly plugin?: string;
    readonly version?: string;
    readonly thread?: number;
    readonly file?: string;
  };
  START_TIMEOUT: { readonly plugin: string; readonly version: string; readonly missing?: readonly string[] };
  SYMBOL_UNKNOWN: { readonly symbol: string };
  THREAD_CRASHED: { readonly plugin: string; readonly version?: string; readonly thread?: number };
  TYPE_UNKNOWN: { readonly liveType: string; readonly data?: unknown };
  VAULT_NOT_READY: { readonly plugin: string; readonly version: string; readonly call: string };
  VERSION_FAILED: { readonly plugin: string; readonly version: string; readonly retryAfterMs?: number };
  VERSIONS_FULL: {
    readonly plugin: string;
    readonly versions: number;
    readonly oldest: string;
    readonly keptBy: readonly object[];
  };
  YIELD_TIMEOUT: { readonly calls?: readonly object[]; readonly yieldMs?: number };
}

/** Fields of an error with this code. */
export type FieldsOf<Code extends string> = Code extends keyof FieldsByCode ? FieldsByCode[Code] : unknown;
