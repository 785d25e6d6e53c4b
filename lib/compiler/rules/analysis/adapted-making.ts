import type { ts } from 'ts-morph';
import { AdapterSet } from '../../../adapters/adapter-set.js';
import type { Adapter } from '../../../adapters/adapter.js';
import { builtinAdapters } from '../../../adapters/builtin/index.js';
import { findInstalled } from '../../../adapters/installed-version.js';
import type { Analysis } from './analysis.js';
import { ImportedNames } from './imported-names.js';

const builtin = new AdapterSet(builtinAdapters);

/** Returns whether the adapter of a package sees to what a call makes: to its beginning, its pauses and its end. */
export function isAdaptedMaking(analysis: Analysis, call: ts.CallExpression | ts.NewExpression): boolean {
  const file = call.getSourceFile();
  const names = analysis.memory.recall('imported names', file, () => new ImportedNames(file));
  const callee = names.of(call.expression);
  if (!callee || !builtin.of(callee.module).some((adapter) => hasExport(adapter, callee.name))) return false;
  const installed = findInstalled(callee.module, file.fileName);
  return installed !== undefined && builtin.for(callee.module, installed.version) !== undefined;
}

/** `Worker`, `schedule` of what CommonJS exports as a whole, `Cron` for `Cron.prototype.run`. */
export function hasExport({ exports }: Adapter, name: string): boolean {
  const names = Object.keys(exports).map((path) => path.split('.')[0]);
  return names.includes(name) || (name === '*' && names.includes('default'));
}
