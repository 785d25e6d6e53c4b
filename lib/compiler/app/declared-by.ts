import { join } from 'node:path';
import { findImports, importFacts } from '../collect/import-facts.js';
import { keptSources } from '../collect/kept-facts.js';
import { keptFindings } from '../collect/kept-findings.js';
import { ownSymbolEndings } from '../collect/own-symbols.js';
import type { OwnSources } from '../collect/own-sources.js';
import { ShapeReader } from '../collect/shape-reader.js';
import { buildFailed } from '../diagnostics/build-failed.js';
import { findingAt } from '../finding-at.js';
import type { Finding, PluginSources } from '../rule.js';
import type { AppDeclarations } from './app-declarations.js';
import type { AppFiles } from './collected-files.js';
import { appPath } from './check/app-sources.js';

/**
 * Reads the declarations that an app's own files make with `liveswap/plugin`: plugins that they import, and state that they keep.
 *
 * @throws LiveswapError `BUILD_FAILED` for state that cannot move, and for imports whose plugin is not known
 */
export function declaredBy(sources: PluginSources, app: AppFiles): AppDeclarations {
  const { name } = sources;
  const findings: Finding[] = [];
  const imports = findImports(sources, (place, problem, remedy) =>
    findings.push(findingAt(place, 'imports', name, problem, remedy)),
  );
  const own = [true, false].map((isTyped): OwnSources => {
    const files = sources.files.filter((file) => /\.[cm]?tsx?$/.test(file.getFilePath()) === isTyped);
    return { ...sources, files, isTyped };
  });
  const kept = keptSources(sources, own);
  if (kept) findings.push(...keptFindings(name, kept));
  if (findings.length > 0) throw buildFailed(findings);
  const reader = new ShapeReader(sources.project, { own: new Map(), prefix: '\0' });
  const commonJs = new Set(
    app.table.flatMap(({ path, format }) => (format === 'commonjs' ? join(app.root, path) : [])),
  );
  const endings = kept
    ? ownSymbolEndings(sources, sources.files, (path) => commonJs.has(appPath(path)))
    : new Map<string, string>();
  const keptFirst = kept?.calls[0]?.node;
  return {
    imports: importFacts(sources, imports, reader),
    kept: kept?.facts,
    ...(keptFirst && {
      keptAt: `${appPath(keptFirst.getSourceFile().getFilePath())}:${keptFirst.getStartLineNumber()}`,
    }),
    types: reader.table,
    endings: new Map([...endings].map(([path, ending]) => [appPath(path), ending])),
  };
}
