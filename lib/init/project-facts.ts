/** Options of a new project. */
export interface InitOptions {
  /** True to write a host of its own, instead of serving by `liveswap start`. */
  readonly host: boolean;
  /** Version of liveswap that the project depends on. */
  readonly version: string;
}

/** Returns the package.json of a new project. */
export function manifestOf(name: string, { host, version }: InitOptions): object {
  return {
    name,
    private: true,
    type: 'module',
    scripts: {
      dev: ['liveswap', ...devArguments(host)].join(' '),
      build: 'liveswap build plugins dist/plugins',
      check: 'liveswap check plugins',
      start: host ? 'node main.js' : ['liveswap', ...startArguments].join(' '),
      test: 'node --test',
    },
    dependencies: { liveswap: `^${version}` },
    devDependencies: { '@types/node': '^24.0.0' },
  };
}

/** Returns the values for the names in double braces in the templates. */
export function variablesOf(name: string, { host }: InitOptions): Record<string, string> {
  const command = host ? ['node', 'main.js'] : ['node_modules/.bin/liveswap', ...startArguments];
  return {
    name,
    command: command.map((word) => JSON.stringify(word)).join(', '),
    files: host ? 'COPY main.js server.js ./\n' : '',
  };
}

const startArguments = ['start', 'dist/plugins', '--port', '3000'];

function devArguments(host: boolean): string[] {
  return ['dev', 'plugins', ...(host ? ['--host', 'server.js'] : ['--port', '3000'])];
}
