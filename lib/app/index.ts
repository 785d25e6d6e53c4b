export { serveApp, type ServeAppOptions, type ServedApp } from './serve-app.js';
