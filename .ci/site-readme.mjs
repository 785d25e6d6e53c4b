// Writes the first page of the docs site: the README, with links to the pages of the site where npm needs absolute ones.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const readme = readFileSync('README.md', 'utf8');
mkdirSync('out', { recursive: true });
writeFileSync('out/README.md', readme.replaceAll('https://unpkg.com/liveswap/', '../'));
