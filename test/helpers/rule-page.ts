import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../lib/compiler/rule.js';
import { checkRule } from './check-rule.js';

/** One fenced block of a rule's page. */
export interface PageExample {
  /** Heading of its section: `Refused`, `Accepted`, `Instead`. */
  readonly heading: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs the examples of `docs/rules/<rule>.md`: those under "Refused" are refused, those under "Accepted" and "Instead" are not. */
export function testRulePage(rule: Rule): void {
  const page = `docs/rules/${rule.name}.md`;
  const examples = readExamples(readFileSync(resolve(import.meta.dirname, '../..', page), 'utf8'));
  describe(`the examples of ${page}`, () => {
    it('has some under each of its headings', () => {
      const headings = new Set(examples.map((example) => example.heading));
      expect([...headings].sort()).toEqual(['Accepted', 'Instead', 'Refused']);
    });
    it.each(examples.filter((example) => example.heading === 'Refused'))(
      'refuses the one of line $line',
      ({ files }) => expect(checkRule(rule, files)).not.toEqual([]),
    );
    it.each(examples.filter((example) => example.heading !== 'Refused'))(
      'accepts the one of line $line',
      ({ files }) => expect(checkRule(rule, files)).toEqual([]),
    );
  });
}

/**
 * Returns the fenced ts blocks of a page. A line `// file: jobs/x.ts` starts another file of the block; the first is `index.ts`.
 */
function readExamples(page: string): PageExample[] {
  const examples: PageExample[] = [];
  let heading = '';
  let block: string[] | undefined;
  for (const [index, line] of page.split('\n').entries()) {
    if (block && line === '```') {
      examples.push({ heading, line: index - block.length, files: splitFiles(block) });
      block = undefined;
    } else if (block) block.push(line);
    else if (line === '```ts') block = [];
    else if (line.startsWith('## ')) heading = line.slice(3).trim();
  }
  return examples;
}

function splitFiles(lines: readonly string[]): Record<string, string> {
  const files: Record<string, string[]> = {};
  let path = 'index.ts';
  for (const line of lines) {
    path = /^\/\/ file: (\S+)$/.exec(line)?.[1] ?? path;
    (files[path] ??= []).push(line);
  }
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.join('\n')]));
}
