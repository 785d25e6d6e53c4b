import { parentPort, type MessagePort } from 'node:worker_threads';
import { expose, transfer } from 'comlink';
import { nodeEndpoint } from './node-endpoint.js';

const api = {
  salute: () => 'Hail',
  echo: (value: unknown) => value,
  move: (buffer: ArrayBuffer) => transfer(buffer, [buffer]),
};

export type ComlinkApi = typeof api;

expose(api, nodeEndpoint(parentPort as MessagePort));
