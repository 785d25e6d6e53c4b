import type ts from 'typescript';
import { findingCodes, OTHER_CODE } from './finding-codes.js';
import { Judge } from './judge.js';
import { ProjectEdits } from './project-edits.js';
import type { JudgeOptions, ShownFinding } from './protocol.js';
import { spanOf } from './span-of.js';

const source = 'liveswap';
const FIX_NAME = 'liveswap';

/**
 * Projects whose services are decorated, each with the function that applies new settings: a project is decorated again whenever
 * it reads its configuration.
 */
const decorated = new WeakMap<ts.server.Project, (options: JudgeOptions) => void>();

/**
 * Returns the language service of a project, with the findings of the rules among its diagnostics and their fixes among its own.
 * The rules run in a separate thread; the server is asked to show their findings.
 */
export function decorate(
  { DiagnosticCategory }: typeof ts,
  { languageService: service, project }: ts.server.PluginCreateInfo,
  options: JudgeOptions,
): ts.LanguageService {
  const renew = decorated.get(project);
  if (renew) {
    renew(options);
    return service;
  }
  const edits = new ProjectEdits(project);
  const judgeWith = (settings: JudgeOptions): Judge =>
    new Judge(settings, {
      onVerdict: () => project.refreshDiagnostics(),
      onDeath: (cause) => {
        edits.forget();
        project.projectService.logger.info(`liveswap/editor: ${String(cause)}`);
      },
    });
  let judge = judgeWith(options);
  decorated.set(project, (settings) => {
    if (judge.goesBy(settings)) return;
    judge.close();
    edits.forget();
    judge = judgeWith(settings);
  });

  function diagnosticsIn(file: ts.SourceFile): ts.Diagnostic[] {
    const { problem } = judge;
    const category = DiagnosticCategory.Error;
    // Unusable settings are shown where findings would be.
    if (problem !== undefined)
      return [{ category, code: OTHER_CODE, file, start: 0, length: 0, messageText: problem, source }];
    return judge.findingsIn(file.fileName).flatMap((finding) => {
      const span = spanOf(finding, file);
      return span ? [{ category, code: finding.code, file, ...span, messageText: finding.text, source }] : [];
    });
  }

  /** Has the rules check the changes; returns the file as it is now. */
  function current(fileName: string): ts.SourceFile | undefined {
    const program = service.getProgram();
    const changed = program ? edits.take(program) : [];
    if (changed.length > 0 || !judge.isRunning) judge.look(changed);
    return program?.getSourceFile(fileName);
  }

  function fixesIn(file: ts.SourceFile, start: number, end: number): ts.CodeFixAction[] {
    // Edits at the places of an earlier text would damage the new one.
    if (!judge.isUpToDate) return [];
    return judge
      .findingsIn(file.fileName)
      .filter((finding) => isAt(finding, file, start, end))
      .flatMap(fixOf);
  }

  const result: ts.LanguageService = {
    ...service,
    getSemanticDiagnostics: (fileName) => {
      const own = service.getSemanticDiagnostics(fileName);
      const file = current(fileName);
      return file ? [...own, ...diagnosticsIn(file)] : own;
    },
    getCodeFixesAtPosition: (fileName, start, end, codes, ...settings) => {
      const others = codes.filter((code) => !findingCodes.includes(code));
      const own = service.getCodeFixesAtPosition(fileName, start, end, others, ...settings);
      const file = current(fileName);
      return file ? [...own, ...fixesIn(file, start, end)] : own;
    },
    getSupportedCodeFixes: (fileName) => [
      ...service.getSupportedCodeFixes(fileName),
      ...findingCodes.map(String),
    ],
    dispose: () => {
      decorated.delete(project);
      judge.close();
      service.dispose();
    },
  };
  return result;
}

function isAt(finding: ShownFinding, file: ts.SourceFile, start: number, end: number): boolean {
  const span = spanOf(finding, file);
  return span !== undefined && span.start <= end && start <= span.start + span.length;
}

function fixOf({ remedy, fix }: ShownFinding): ts.CodeFixAction[] {
  if (fix.length === 0) return [];
  const files = [...new Set(fix.map(({ file }) => file))];
  const changes = files.map((fileName) => ({
    fileName,
    textChanges: fix
      .filter(({ file }) => file === fileName)
      .map(({ start, end, text }) => ({ span: { start, length: end - start }, newText: text })),
  }));
  return [{ fixName: FIX_NAME, description: remedy, changes }];
}
