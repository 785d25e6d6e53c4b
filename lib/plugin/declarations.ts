import { keptRoots } from './kept-roots.js';
import { resources } from './resources.js';
import { takers } from './takers.js';
import { ticker } from './ticker.js';

// Evaluated before any module of the plugin: from here on, the thread opens declared resources.
resources.belongToThread();

export { keptRoots, resources, takers, ticker };
