export { bind } from './host-binding.js';
export { ownSymbols, registerOwnSymbols } from './own-symbols.js';
