import type { FunctionTexts } from '../../test/helpers/compose-plugin.js';
import type { MakePlugin } from './edition.js';
import type { Subject } from './subject.js';

export const armory: MakePlugin = (edition) => ({
  name: 'armory',
  exports: { edition: `async () => ${edition}` },
  live: { live_breakArmory: '() => { process.exit(1); }' },
});

/** Returns the plugin that has the live functions and hooks of all subjects. */
export function guardianOf(subjects: readonly Subject[]): MakePlugin {
  return (edition) => ({
    name: 'guardian',
    imports: ['armory'],
    module: `
const edition = ${edition};
const sleep = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});
const me = () => ({ by: { guardian: edition }, version: context.version });
${subjects.map(({ module = '' }) => module).join('\n')}
`,
    idempotent: subjects.flatMap(({ idempotent = [] }) => idempotent),
    live: Object.assign({}, ...subjects.map(({ live }) => live)) as FunctionTexts,
    hooks: {
      onLoad: hookOf('onLoad', subjects),
      onInit: hookOf('onInit', subjects),
      onFree: hookOf('onFree', subjects),
    },
  });
}

/** Returns a plugin that comes up, and dies at the first call of any kind. */
export function doomed(guardian: MakePlugin): MakePlugin {
  return (edition) => {
    const sound = guardian(edition);
    const live = Object.fromEntries(
      Object.keys(sound.live ?? {}).map((name) => [name, '() => { process.exit(9); }']),
    );
    return { ...sound, live, hooks: {} };
  };
}

function hookOf(name: string, subjects: readonly Subject[]): string {
  const parts = subjects.map(({ hooks }) => hooks?.[name] ?? '').filter(Boolean);
  return `async (data) => { ${parts.join('\n')} }`;
}
