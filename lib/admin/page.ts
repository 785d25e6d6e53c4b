import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageFile } from '../core/package-files.js';
import type { AdminSettings } from './options.js';

/** The page, which loads nothing else, and the policy that forbids it to. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** Puts the page together from its files. */
export async function readPage(settings: AdminSettings, folder: string): Promise<Page> {
  const templates = join(dirname(packageFile('liveswap/package.json')), 'templates/admin');
  const read = (name: string): Promise<string> => readFile(join(templates, name), 'utf8');
  const [html, style, script] = await Promise.all([read('page.html'), read('page.css'), read('page.js')]);
  const facts = JSON.stringify({
    folder,
    allow: [...settings.allow],
    // A reader without a token gets the one for changes with the page, which no other page can read.
    token: settings.needsTokenToRead ? undefined : settings.token,
  }).replaceAll('<', '\\u003c');
  const parts = { style, facts, script };
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    html: html.replaceAll(/<!-- (style|facts|script) -->/g, (_all, part: keyof typeof parts) =>
      tagged(part, parts[part]),
    ),
    policy,
  };
}

function tagged(part: 'style' | 'facts' | 'script', text: string): string {
  if (part === 'style') return `<style>${text}</style>`;
  if (part === 'script') return `<script type="module">${text}</script>`;
  return `<script type="application/json" id="facts">${text}</script>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
