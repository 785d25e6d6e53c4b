import type { PluginText } from '../../test/helpers/compose-plugin.js';

/** Returns a plugin of some size that answers with its edition: a module of three lines keeps too little to leak. */
export function armory(edition: number): PluginText {
  return {
    name: 'armory',
    module: `const edition = ${edition};\n${ballast(edition)}`,
    exports: { sword: '() => `sword ${edition}`' },
    live: {
      live_edition: '() => edition',
      live_forge: 'async (count) => { await null; return inventory(count).length; }',
      live_patrol:
        'async function* (steps) { for (let step = 0; step < steps; step++) yield { edition, step }; }',
      live_supply:
        '() => { let left = 4; return new ReadableStream({ pull(to) { if (left-- > 0) to.enqueue({ edition }); else to.close(); } }, { highWaterMark: 0 }); }',
      live_report: 'async (tell) => tell({ edition })',
      live_watch: '(signal) => signal.aborted',
    },
    hooks: { onLoad: '() => {}', onFree: '() => {}' },
  };
}

/** A plugin that imports the armory, so that each reload relinks it. */
export const guardian: PluginText = {
  name: 'guardian',
  imports: ['armory'],
  live: { live_arm: "() => callImport('armory', 'sword', [])" },
};

/** Returns about 100 KB of functions and data, different in each edition. */
function ballast(edition: number): string {
  const functions = Array.from(
    { length: 400 },
    (_, index) =>
      `function forge${index}(order) { const parts = [${index}, ${edition}]; return parts.map((part) => ({ part, order, text: 'piece ${index} of edition ${edition}' })); }`,
  );
  const data = Array.from({ length: 1_000 }, (_, id) => ({
    id,
    name: `item ${id} of ${edition}`,
    weight: id % 17,
  }));
  return `${functions.join('\n')}\nconst items = ${JSON.stringify(data)};\nconst inventory = (count) => items.slice(0, count).flatMap((item) => forge0(item.name));`;
}
