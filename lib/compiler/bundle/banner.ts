/** The names by which modules learn their place. A plugin must not declare any of them itself. */
export const names = {
  url: '__liveswap_url',
  filename: '__liveswap_filename',
  dirname: '__liveswap_dirname',
  resolve: '__liveswap_resolve',
  require: '__liveswap_require',
} as const;

/** Replacements for an artifact's own place in a module that has a place of its own. */
export const placeDefines: Readonly<Record<string, string>> = {
  'import.meta.url': names.url,
  'import.meta.filename': names.filename,
  'import.meta.dirname': names.dirname,
  __filename: names.filename,
  __dirname: names.dirname,
  'require.resolve': names.resolve,
};

const HOME = '"./"';

const imports = `import { createRequire as __liveswap_createRequire } from 'node:module';
import { fileURLToPath as __liveswap_path, URL as __liveswap_URL } from 'node:url';
import { compileFunction as __liveswap_compile } from 'node:vm';`;

const places = onOneLine(`
  const __liveswap_urlOf = (place) => new __liveswap_URL(place, __liveswap_home).href,
  __liveswap_pathOf = (place) => __liveswap_path(__liveswap_urlOf(place)),
  __liveswap_folderOf = (place) => __liveswap_pathOf(place).replace(/(?<=[^:])[\\\\/]$/, ''),
  __liveswap_requireOf = (place) => __liveswap_createRequire(__liveswap_urlOf(place)),
  __liveswap_glob = (files) => {
    const isImport = /^\\(\\) ?=> ?(?:import|Promise)\\b/.test(globalThis.Object.values(files)[0]);
    const ends = isImport ? [''] : ['', '.js', '.json', '.ts', '/index.js', '/index.json', '/index.ts'];
    return (path) => {
      const end = ends.find((one) => files[path + one]);
      if (end !== undefined) return files[path + end]();
      const error = globalThis.Object.assign(new globalThis.Error("Cannot find module '" + path + "'"), { code: isImport ? 'ERR_MODULE_NOT_FOUND' : 'MODULE_NOT_FOUND' });
      if (isImport) return globalThis.Promise.reject(error);
      throw error;
    };
  };`);

/** Puts code on one line: the banner has as many lines as a source map counts before the code of the plugin. */
function onOneLine(code: string): string {
  return code.trim().replaceAll(/\n\s*/g, ' ');
}

/**
 * Returns the first lines of an artifact. The manifest replaces the first one, so that the lines of the source map stay right. A
 * running copy is among the files that it carries; a statically linked artifact has them in a folder beside it. Packages are
 * resolved from the place where the artifact was built.
 *
 * These lines use no globals, because a plugin may declare a `URL` of its own.
 */
export const banner = `//! liveswap
${imports}
const __liveswap_home = new __liveswap_URL(import.meta.url.includes('/.versions/') ? './' : ${HOME}, import.meta.url);
const require = __liveswap_createRequire(new __liveswap_URL(import.meta.url.replace(/\\/\\.versions\\/.*/, '/liveswap.mjs')));
${places}`;

/**
 * Returns the first lines of a module that is run by its file name among the files of the copy.
 *
 * @param home is the relative path from the module to the folder of the copy.
 */
export function scriptBanner(format: 'esm' | 'cjs', home: string): string {
  const folder = JSON.stringify(home);
  return format === 'cjs'
    ? `const { createRequire: __liveswap_createRequire } = require('node:module'), { fileURLToPath: __liveswap_path, pathToFileURL: __liveswap_fileUrl, URL: __liveswap_URL } = require('node:url'), { compileFunction: __liveswap_compile } = require('node:vm');
const __liveswap_home = new __liveswap_URL(${folder}, __liveswap_fileUrl(__filename));
${places}`
    : `${imports}
const __liveswap_home = new __liveswap_URL(${folder}, import.meta.url);
const require = __liveswap_createRequire(import.meta.url);
${places}`;
}

/** Leaves the lines of the banner empty when nothing uses its names, so that threads do not run it for nothing. */
export function withoutUnusedBanner(code: string): string {
  const rest = code.slice(banner.length);
  return /\brequire\b|__liveswap_/.test(rest) ? code : banner.replaceAll(/[^\n]/g, '') + rest;
}

/**
 * Lets `require('./lang/' + name)` find files as Node does, without their endings, too, and fail like Node: esbuild's helper takes
 * whole paths, and throws where `import('./lang/' + name)` rejects. Nothing moves, so the source map stays right.
 */
export function withOpenEndings(code: string): string {
  const place = code.indexOf(globError);
  if (place === -1) return code;
  // In a whole artifact, the expression would take minutes for each long word, such as a file embedded as text.
  const start = Math.max(0, place - GLOB_HELPER_LENGTH);
  const around = code.slice(start, place + GLOB_HELPER_LENGTH);
  const opened = around.replace(globHelper, (helper) => {
    const lines = helper.replaceAll(/[^\n]/g, ' ');
    return `__liveswap_glob${lines.slice('__liveswap_glob'.length)}`;
  });
  return code.slice(0, start) + opened + code.slice(start + around.length);
}

const globError = 'Module not found in bundle: ';

/** Most characters of esbuild's helper before and after its error begins, minified or not. */
const GLOB_HELPER_LENGTH = 200;

const globHelper =
  /\(?(\w+)\)?\s*=>\s*\(?(\w+)\)?\s*=>\s*\{\s*var (\w+)\s*=\s*\1\[\2\];[^}]{1,30}throw new Error\("Module not found in bundle: "\s*\+\s*\2\);?\s*\}/;

/** Tells an artifact where its files are when it does not run as a copy: `herald.files/plugins/herald/`. */
export function withHome(code: string, folder: string): string {
  return code.replace(`? './' : ${HOME}`, `? './' : ${JSON.stringify(`./${urlPath(folder)}/`)}`);
}

/** Returns the declarations at the beginning of a module that give its place; unused ones cost nothing. */
export function placeDeclarations(place: string, text: string): string {
  const url = JSON.stringify(urlPath(place));
  const folder = JSON.stringify(urlPath(place.slice(0, place.lastIndexOf('/') + 1) || './'));
  const values = {
    url: /import\s*\.\s*meta/.test(text) && `urlOf(${url})`,
    filename: /__filename|import\s*\.\s*meta/.test(text) && `pathOf(${url})`,
    dirname: /__dirname|import\s*\.\s*meta/.test(text) && `folderOf(${folder})`,
    resolve: /require\s*\.\s*resolve|__liveswap_resolve/.test(text) && `requireOf(${url}).resolve`,
    require: /\brequire\b/.test(text) && `requireOf(${url})`,
  };
  const declarations = Object.entries(values).flatMap(([name, value]) =>
    value ? [`${names[name as keyof typeof names]} = /* @__PURE__ */ __liveswap_${value}`] : [],
  );
  return declarations.length > 0 ? `var ${declarations.join(', ')};` : '';
}

function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
