import { ts } from 'ts-morph';
import { excerptOf } from './finding-at.js';
import { nativePath } from '../core/paths.js';
import type { Excerpt, Finding } from './rule.js';

/** A comment, or its part about one rule, that suspends the rule for the next line. */
export interface Suppression {
  readonly rule: string;
  readonly reason: string;
  readonly file: string;
  readonly line: number;
  /** The affected line: the next one that is not such a comment itself. */
  readonly about: number;
  readonly column: number;
  readonly endColumn: number;
  readonly excerpt: Excerpt;
}

const pattern =
  /^([ \t]*)\/\/[ \t]*liveswap-ignore\b[ \t]*([\w-]*(?:[ \t]*,[ \t]*[\w-]+)*)[ \t]*:?[ \t]*(.*?)[ \t]*$/gm;

/**
 * Removes findings that a `// liveswap-ignore <rule>: <reason>` on the line before allows, and adds one for each such comment
 * that names no rule, gives no reason, or is not needed. A line that breaks several rules may have a comment for each, or one
 * that lists them: `<rule>, <rule>: <reason>`.
 */
export function applySuppressions(
  plugin: string,
  files: readonly ts.SourceFile[],
  findings: readonly Finding[],
  ruleNames: readonly string[],
): Finding[] {
  const suppressions = files.flatMap(suppressionsIn);
  const { left, used } = takeBack(suppressions, findings, ({ rule }) => [rule]);
  return [...left, ...wrongAmong(suppressions, { plugin, used, ruleNames })];
}

/**
 * Removes the findings that suppressions allow.
 *
 * @param rulesOf the names under which each of `found` may be taken back.
 */
export function takeBack<Found extends Pick<Finding, 'file' | 'line'>>(
  suppressions: readonly Suppression[],
  found: readonly Found[],
  rulesOf: (one: Found) => readonly string[],
): { readonly left: Found[]; readonly used: ReadonlySet<Suppression> } {
  const used = new Set<Suppression>();
  const left = found.filter((one) => {
    const allowing = suppressions.find((suppression) => allows(suppression, one, rulesOf(one)));
    if (allowing) used.add(allowing);
    return !allowing;
  });
  return { left, used };
}

/** Returns a finding for each suppression that names no rule, gives no reason, or is not among the `used`. */
export function wrongAmong(
  suppressions: readonly Suppression[],
  facts: {
    readonly plugin: string;
    readonly used: ReadonlySet<Suppression>;
    readonly ruleNames: readonly string[];
  },
): Finding[] {
  const { plugin, used, ruleNames } = facts;
  return suppressions.flatMap((suppression) => {
    const fault = faultOf(suppression, used.has(suppression), ruleNames);
    return fault ? [findingAbout(suppression, plugin, fault)] : [];
  });
}

/** Returns the suppressions in a file, in the order of their lines. */
export function suppressionsIn(file: ts.SourceFile): Suppression[] {
  const { text } = file;
  if (!text.includes('liveswap-ignore')) return [];
  const comments = [...text.matchAll(pattern)]
    .filter(({ index, 1: indent = '' }) => isComment(file, index + indent.length))
    .map((match) => ({ match, line: file.getLineAndCharacterOfPosition(match.index).line + 1 }));
  const lines = new Set(comments.map(({ line }) => line));
  return comments.flatMap(({ match: { 0: whole, 1: indent = '', 2: rules = '', 3: reason = '' }, line }) => {
    const place = {
      reason,
      file: nativePath(file.fileName),
      line,
      about: lineAfter(line, lines),
      column: indent.length + 1,
      endColumn: whole.trimEnd().length + 1,
      excerpt: excerptOf(text, line),
    };
    return rules.split(/[ \t]*,[ \t]*/).map((rule) => ({ rule, ...place }));
  });
}

/** Returns the first line after `line` that is not one of `comments`. */
function lineAfter(line: number, comments: ReadonlySet<number>): number {
  return comments.has(line + 1) ? lineAfter(line + 1, comments) : line + 1;
}

/** Returns whether a text that looks like a comment is one, rather than a line of a template or of another comment. */
function isComment(file: ts.SourceFile, position: number): boolean {
  const comments = ts.getLeadingCommentRanges(file.text, tokenAt(file, file, position).pos) ?? [];
  return comments.some(({ pos }) => pos === position);
}

/** Returns the token that contains a position, or follows it after white space. */
function tokenAt(node: ts.Node, file: ts.SourceFile, position: number): ts.Node {
  const inner = node.getChildren(file).find(({ pos, end }) => pos <= position && position < end);
  return inner ? tokenAt(inner, file, position) : node;
}

function allows(
  { rule, reason, file, about }: Suppression,
  found: Pick<Finding, 'file' | 'line'>,
  rules: readonly string[],
): boolean {
  return rules.includes(rule) && reason !== '' && file === found.file && about === found.line;
}

function faultOf(
  { rule, reason }: Suppression,
  used: boolean,
  ruleNames: readonly string[],
): { problem: string; remedy: string } | undefined {
  if (!ruleNames.includes(rule)) {
    return {
      problem: rule ? `There is no rule called ${rule}.` : 'This suppression names no rule.',
      remedy: `Write \`// liveswap-ignore <rule>: <reason>\` with one of: ${ruleNames.join(', ')}.`,
    };
  }
  if (!reason) {
    return {
      problem: `This suppression of ${rule} gives no reason.`,
      remedy: `Say why the rule does not apply here: \`// liveswap-ignore ${rule}: <reason>\`.`,
    };
  }
  if (!used) {
    return { problem: `The next line does not break ${rule}.`, remedy: 'Remove the suppression.' };
  }
  return undefined;
}

function findingAbout(
  { file, line, column, endColumn, excerpt }: Suppression,
  plugin: string,
  fault: { problem: string; remedy: string },
): Finding {
  return { rule: 'suppressions', plugin, file, line, column, endLine: line, endColumn, excerpt, ...fault };
}
