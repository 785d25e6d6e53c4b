/** A finding's text. */
export interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

const letTheHostDecide = 'Throw an error, or return a result that lets the host decide.';
const ends = (name: string): Problem => ({
  problem: `${name} ends the thread in the middle of every call that it is answering.`,
  remedy: letTheHostDecide,
});
const masks = (what: string): Problem => ({
  problem: `${what} hides errors that must end the thread: a broken version would keep serving.`,
  remedy: 'Remove it: the thread is replaced, its calls are rejected with the cause, and the host is told.',
});

/** Problems of using a member of `process`, by its name. */
export const controls: ReadonlyMap<string, Problem> = new Map([
  ['exit', ends('process.exit')],
  ['reallyExit', ends('process.reallyExit')],
  [
    'abort',
    {
      problem: 'process.abort throws in a thread, and kills the host where plugins are linked statically.',
      remedy: letTheHostDecide,
    },
  ],
  [
    'kill',
    {
      problem: 'process.kill signals whole processes, the host among them.',
      remedy: 'Ask the host: through the data bag, its extension, or a result.',
    },
  ],
  [
    'chdir',
    {
      problem: 'process.chdir throws in a thread: the working folder belongs to the host.',
      remedy: 'Resolve paths against a folder that is given to the plugin, with path.resolve.',
    },
  ],
  ['setUncaughtExceptionCaptureCallback', masks('A capture callback for uncaught exceptions')],
]);

/** Problem of setting the exit code. */
export const exitCode: Problem = {
  problem: 'Setting process.exitCode decides how the process of the host ends.',
  remedy: letTheHostDecide,
};

/** Returns the problem of handling an event that must end the thread. */
export function handlerOf(event: string): Problem {
  return masks(`A handler of ${event}`);
}
