// The first module of a process that begins with a snapshot of the compiler. It is CommonJS, because such a process can import
// nothing before it has loaded a module.

const nodeModule = process.getBuiltinModule('node:module');
const { pathToFileURL } = process.getBuiltinModule('node:url');
const loaded = Reflect.get(globalThis, Symbol.for('liveswap.compiler')) as { readonly tsMorph: unknown };
const ours = nodeModule.createRequire(__filename);

if ('enableCompileCache' in nodeModule) (nodeModule.enableCompileCache as () => void)();

// Whatever requires ts-morph gets the one of the snapshot.
const file = ours.resolve('ts-morph');
ours.cache[file] = Object.assign(new nodeModule(file), {
  filename: file,
  exports: loaded.tsMorph,
  loaded: true,
});

void import(pathToFileURL(ours.resolve('#build-process')).href);
