import { constants, setPriority } from 'node:os';
import type { AppBuildOptions, BuiltApp } from '../app/build-app.js';
import type { AppJudge, AppJudgement } from '../app/check/app-judge.js';
import type { AppCheckOptions } from '../app/check/check-app.js';
import type { ModuleCompiler } from '../app/module-compiler.js';
import type { BuildSession } from '../session.js';
import type { BuildAnswer, BuildReply, BuildRequest, BuildTask, TaskAnswers } from './protocol.js';
import { endGroup } from './process-group.js';
import { sendError } from './sent-error.js';
import { SpareTime } from './spare-time.js';

// Runs in a process of its own, so that types, rules and the compiler's memory do not burden the host's thread.

let session: BuildSession | undefined;
/** Compiled modules of each app. */
const compilers = new Map<number, ModuleCompiler>();
let judge: AppJudge | undefined;
/** By now, what the last build has led to, such as a reload, should be over. */
const PAUSE_MS = 500;
const spareTime = new SpareTime(PAUSE_MS, (signal) => session?.practise(signal));
let latest = -1;

/** Tasks run one at a time, in order of arrival. */
let work: Promise<unknown> = Promise.resolve();

process.on('message', ({ id, task }: BuildRequest) => {
  spareTime.end();
  latest = id;
  work = work
    .then(() => run(task))
    .then(
      (answer) => reply({ kind: 'done', id, answer }),
      (error: unknown) => reply({ kind: 'failed', id, error: sendError(error), inputs: answerOf().inputs }),
    )
    .then(() => {
      if (id === latest) spareTime.begin();
    });
});
process.on('disconnect', end);
// Ctrl-C in a terminal reaches every process; the host decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function run(task: BuildTask): Promise<TaskAnswers[BuildTask['kind']]> {
  switch (task.kind) {
    case 'open':
      // Imported on demand: most unchanged servers need no type checker.
      session = new (await import('../session.js')).BuildSession({
        ...task.options,
        onProgress: (progress) => reply({ kind: 'progress', progress }),
      });
      return { reports: [], inputs: [] };
    case 'rebuild':
      return answerOf(await session?.rebuild(task.changed));
    case 'check':
      return answerOf(await session?.check(task.changed));
    case 'reads':
      return session?.reads();
    case 'judge':
      return answerOf(await session?.judge());
    case 'app':
      return buildOf(task.app, task.options);
    case 'judgeApp':
      return judgementOf(task.options);
    case 'close':
      await session?.close();
      process.disconnect();
      return { reports: [], inputs: [] };
    default:
      return task satisfies never;
  }
}

async function buildOf(app: number, options: AppBuildOptions): Promise<BuiltApp> {
  const [{ buildApp }, { ModuleCompiler }] = await Promise.all([
    import('../app/build-app.js'),
    import('../app/module-compiler.js'),
  ]);
  const compiler = compilers.get(app) ?? new ModuleCompiler();
  compilers.set(app, compiler);
  return buildApp(options, compiler);
}

async function judgementOf(options: AppCheckOptions): Promise<AppJudgement> {
  if (!judge) {
    // A check in the background must not take a core from builds and serving.
    setPriority(constants.priority.PRIORITY_LOW);
    judge = new (await import('../app/check/app-judge.js')).AppJudge(options);
  }
  return judge.judge();
}

function answerOf(reports: BuildAnswer['reports'] = []): BuildAnswer {
  return { reports, inputs: [...(session?.inputs ?? [])] };
}

/** Sends a reply. A build is told that the other process has gone only when it pauses; until then, what it sends fails. */
function reply(message: BuildReply): void {
  if (process.connected) process.send?.(message, undefined, undefined, (error) => error && end());
}

/** Ends this process, because the one for which it builds has ended. */
function end(): never {
  endGroup(process.pid);
  process.exit();
}
