import { keptRoots } from './kept-roots.js';
import { ownSymbols, registerOwnSymbols } from './own-symbols.js';
import { resources } from './resources.js';
import { takers } from './takers.js';
import { ticker } from './ticker.js';

// The first module that an artifact evaluates: from here on, the thread opens declared resources.
resources.belongToThread();

export { bind } from './host-binding.js';
export { keptRoots, ownSymbols, registerOwnSymbols, resources, takers, ticker };
