/** Rules that have a page of their own. */
const pages = new Set([
  'no-globals',
  'no-long-tasks',
  'no-cross-imports',
  'no-process-control',
  'cloneable-boundary',
  'plugin-shape',
]);

/** Returns the page that explains a rule and its remedies; the pages are part of the package. */
export function docsPage(rule: string): string | undefined {
  if (pages.has(rule)) return `https://unpkg.com/liveswap/docs/rules/${rule}.md`;
  return rule === 'suppressions' ? 'https://unpkg.com/liveswap/docs/rules/README.md' : undefined;
}

/** Returns whether a comment can suppress findings of a rule. */
export function canBeIgnored(rule: string): boolean {
  return pages.has(rule);
}
