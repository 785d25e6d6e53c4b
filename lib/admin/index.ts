export { adminHandler, type AdminHandler } from './admin-handler.js';
export type { AdminAction, AdminOptions } from './options.js';
