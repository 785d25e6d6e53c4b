import type { CreateThreadTracing, ThreadTracing, TracingSetUp } from '../core/tracing.js';
import type { StartTask } from '../surface/thread-surface.js';
import { importModule } from './import-module.js';

/** The tracing of a thread that was set up. */
export interface OpenTracing {
  readonly spans: ThreadTracing;
  /** Sends the spans that still wait. */
  flush(): Promise<void>;
}

/** Sets tracing up before the artifact is imported, so that its packages can be instrumented. */
export async function openTracing(task: StartTask): Promise<OpenTracing | undefined> {
  const { tracing, plugin, version, index } = task;
  if (!tracing) return undefined;
  const made = tracing.setUp === undefined ? undefined : await setUpBy(tracing.setUp);
  const create = await defaultOf<CreateThreadTracing>(tracing.spans);
  return {
    spans: (create as CreateThreadTracing)({ plugin, version, thread: index }),
    flush: async () => void (await made?.forceFlush?.()),
  };
}

async function setUpBy(url: string): Promise<TracingSetUp | undefined> {
  const setUp = await defaultOf<() => TracingSetUp | Promise<TracingSetUp> | undefined>(url);
  return setUp?.();
}

/** Resolves to the function that a module exports by default, if it does. */
async function defaultOf<Made>(url: string): Promise<Made | undefined> {
  const { default: made } = (await importModule(url)) as { readonly default?: unknown };
  return typeof made === 'function' ? (made as Made) : undefined;
}
