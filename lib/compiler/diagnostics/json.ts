import { checkArgument } from '../../core/check-argument.js';
import { list } from '../../core/check-options.js';
import { findingsOf, type PluginReport } from '../report.js';

/** Returns the reports for programs: `plugins` and `findings`. @throws LiveswapError `OPTION_INVALID` */
export function reportsAsJson(reports: readonly PluginReport[]): object {
  checkArgument('reports', reports, list);
  return {
    plugins: reports.map((report) => ({
      name: report.name,
      folder: report.folder,
      state: report.state,
      ...('artifact' in report && { file: report.artifact.file, hash: report.artifact.hash }),
      times: report.times,
    })),
    findings: findingsOf(reports),
  };
}
