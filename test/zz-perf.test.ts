import { it } from 'vitest';
import { noGlobals } from '../lib/build/rules/no-globals.js';
import { noLongTasks } from '../lib/build/rules/no-long-tasks.js';
import { analyse } from '../lib/build/rules/analysis/analysis.js';
import { startsOf } from '../lib/build/rules/tasks/starts.js';
import { Releases } from '../lib/build/rules/tasks/release.js';
import { longWork } from '../lib/build/rules/tasks/long-work.js';
import { endlessLoops } from '../lib/build/rules/tasks/endless-loops.js';
import { endlessRecursions } from '../lib/build/rules/tasks/endless-recursion.js';
import { floatingPromises } from '../lib/build/rules/tasks/floating-promises.js';
import { Project, ts } from 'ts-morph';
import { resolve } from 'node:path';
it('perf', () => {
  const repo = resolve(import.meta.dirname, '..');
  const folder = repo + '/plugins/guardian';
  const t0 = (process.cpuUsage().user / 1000);
  const project = new Project({ compilerOptions: { target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: ['node'], typeRoots: [repo + '/node_modules/@types'], paths: { 'liveswap/plugin': [repo + '/lib/plugin/index.ts'] }, strict: true, skipLibCheck: true, noEmit: true } });
  const files = [];
  for (let i = 0; i < 100; i++) {
    const next = (i + 1) % 100;
    let text = `import { context } from 'liveswap/plugin';\nimport { createHash } from 'node:crypto';\nimport { readFile } from 'node:fs/promises';\nimport { table${next}, help${next}, Store${next} } from './f${next}.js';\nexport const table${i} = new Map<string, number>([['a', 1], ['b', 2]]);\nconst LIMITS = { a: 1, list: ['x', 'y'], nested: { deep: [1, 2, 3] } } as const;\nexport class Store${i} { items: string[] = []; #n = 0; add(x: string) { this.items.push(x); this.#n++; return this; } get size() { return this.#n + this.items.length; } }\n`;
    for (let k = 0; k < 10; k++) text += `export async function live_f${i}_${k}(name: string, list: readonly string[]) {\n  const seen = new Set<string>();\n  const out: string[] = [];\n  for (const item of list) { if (!seen.has(item)) { seen.add(item); out.push(item.trim()); } }\n  const text = await readFile(name, 'utf8');\n  const hash = createHash('sha256').update(text).digest('hex');\n  const store = new Store${next}(); store.add(hash);\n  context.log.info({ hash, n: table${next}.get(name) ?? LIMITS.a });\n  const copy = { ...LIMITS, name }; copy.name = 'x';\n  return help${next}(out.map((o) => o + hash).sort((a, b) => a.localeCompare(b)), store.size);\n}\n`;
    text += `export function help${i}(list: string[], n: number) { return list.slice(0, n).reverse(); }\n`;
    files.push(project.createSourceFile(`${folder}/f${i}.ts`, text));
  }
  console.log('create', (process.cpuUsage().user / 1000) - t0);
  let t = (process.cpuUsage().user / 1000);
  for (const f of files) { const d = f.getPreEmitDiagnostics(); if (d.length) console.log(project.formatDiagnosticsWithColorAndContext(d.slice(0, 2))); }
  console.log('types', (process.cpuUsage().user / 1000) - t);
  const plugin = { name: 'g', folder, files, root: undefined, project, otherPlugins: new Map(), livePrefix: 'live_' };
  t = (process.cpuUsage().user / 1000); analyse(plugin); console.log('analyse', (process.cpuUsage().user / 1000) - t);
  const out: string[] = [];
  for (const rule of [noGlobals, noLongTasks]) { t = (process.cpuUsage().user / 1000); rule.check(plugin, (_, p) => out.push(p)); console.log(rule.name, (process.cpuUsage().user / 1000) - t); }
  for (const [n, f] of Object.entries({ starts: () => startsOf(analyse(plugin)), releases: () => new Releases(analyse(plugin)), work: () => longWork(analyse(plugin), new Releases(analyse(plugin))), loops: () => endlessLoops(analyse(plugin), new Releases(analyse(plugin))), rec: () => endlessRecursions(analyse(plugin)), float: () => floatingPromises(analyse(plugin)) })) { t = (process.cpuUsage().user / 1000); f(); console.log(n, (process.cpuUsage().user / 1000) - t); }
  console.log(out.slice(0, 5), files[0]!.getEndLineNumber());
}, 100000);
