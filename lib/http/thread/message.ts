import { randomUUID } from 'node:crypto';
import type { Message, Peer } from '../../plugin/http-app.js';

/** Message of a peer: text as a string, bytes as bytes. */
export class PeerMessage implements Message {
  readonly peer: Peer;
  readonly rawData: string | Uint8Array;
  readonly event = undefined;
  #id: string | undefined;

  constructor(peer: Peer, rawData: string | Uint8Array) {
    this.peer = peer;
    this.rawData = rawData;
  }

  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }

  get data(): string | Uint8Array {
    return this.rawData;
  }

  text(): string {
    return typeof this.rawData === 'string' ? this.rawData : new TextDecoder().decode(this.rawData);
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  uint8Array(): Uint8Array {
    return typeof this.rawData === 'string' ? new TextEncoder().encode(this.rawData) : this.rawData;
  }

  arrayBuffer(): ArrayBuffer {
    return Uint8Array.from(this.uint8Array()).buffer;
  }

  blob(): Blob {
    return new Blob([this.arrayBuffer()]);
  }

  toString(): string {
    return this.text();
  }
}
