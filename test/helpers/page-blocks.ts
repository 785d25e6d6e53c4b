import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import markdownIt, { type Token } from 'markdown-it';
import { globSync } from 'tinyglobby';

const repository = resolve(import.meta.dirname, '../..');
const markdown = markdownIt();

/** A block of code in a page. */
export interface PageBlock {
  /** Language that its fence names; `undefined` for an indented block. */
  readonly language: string | undefined;
  readonly text: string;
  /** Path of the page in the repository. */
  readonly page: string;
  /** The page and the line of its fence. */
  readonly at: string;
}

/** A piece of code in a sentence or a table. */
export interface PagePhrase {
  readonly text: string;
  readonly page: string;
  /** The page and the line of its paragraph. */
  readonly at: string;
}

/** Every page that users read, by its path in the repository. */
export const pages: readonly string[] = globSync(
  [
    '*.md',
    'docs/*.md',
    'docs/{recipes,rules}/*.md',
    'examples/*.md',
    'examples/*/*.md',
    'packages/*/*.md',
    'templates/*/*.md',
  ],
  { cwd: repository },
).sort();

/** Returns the blocks of code of a page, those in lists included. */
export function blocksOf(page: string): PageBlock[] {
  return tokensOf(page)
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map((token) => ({
      language: token.type === 'fence' ? token.info : undefined,
      text: token.content,
      page,
      at: placeOf(page, token),
    }));
}

/** Returns the pieces of code in the sentences and tables of a page. */
export function phrasesOf(page: string): PagePhrase[] {
  return tokensOf(page).flatMap((token) =>
    (token.children ?? [])
      .filter(({ type }) => type === 'code_inline')
      .map(({ content }) => ({ text: content, page, at: placeOf(page, token) })),
  );
}

/** Returns what the links and pictures of a page lead to, each with its place. */
export function linksOf(page: string): PagePhrase[] {
  return tokensOf(page).flatMap((token) =>
    (token.children ?? []).flatMap((child) => {
      const target = child.attrGet('href') ?? child.attrGet('src');
      return target === null ? [] : [{ text: target, page, at: placeOf(page, token) }];
    }),
  );
}

/** Returns the anchors of the headings of a page, as GitHub names them. */
export function anchorsOf(page: string): string[] {
  const tokens = tokensOf(page);
  const seen = new Map<string, number>();
  return tokens
    .filter((_token, index) => tokens[index - 1]?.type === 'heading_open')
    .map(({ children }) => {
      const title = (children ?? []).map(({ content }) => content).join('');
      const slug = title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    });
}

function tokensOf(page: string): Token[] {
  return markdown.parse(readFileSync(join(repository, page), 'utf8'), {});
}

function placeOf(page: string, { map }: Token): string {
  return `${page}:${(map?.[0] ?? 0) + 1}`;
}
