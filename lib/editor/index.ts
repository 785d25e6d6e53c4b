export type { EditorSettings } from './liveswap-editor.js';
// A language server calls the result of `require` as the function itself. The package declares the module without this: TypeScript
// before 5.5 cannot read such a name.
export { default, default as 'module.exports' } from './liveswap-editor.js';
