import type { PartialMessage } from 'esbuild';
import { ts } from 'ts-morph';

/** Returns TypeScript's errors about a text that it cannot parse as a failure of esbuild's shape; `undefined` if there are none. */
export function syntaxFailure(diagnostics: readonly ts.Diagnostic[] = []): Error | undefined {
  // Those without a file are about the options.
  const errors = diagnostics.flatMap((one) => (one.file ? messageOf(one, one.file) : []));
  return errors.length === 0
    ? undefined
    : Object.assign(new Error(errors[0]?.text), { errors, warnings: [] });
}

function messageOf(
  { messageText, start = 0, length = 0 }: ts.Diagnostic,
  file: ts.SourceFile,
): PartialMessage {
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const lineText = file.text.split(/\r?\n/)[line] ?? '';
  const bytesTo = (place: number): number => Buffer.byteLength(lineText.slice(0, place));
  return {
    text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    location: {
      file: file.fileName,
      line: line + 1,
      column: bytesTo(character),
      length: bytesTo(character + length) - bytesTo(character),
      lineText,
    },
  };
}
