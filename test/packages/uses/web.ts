import type { PackageUse } from '../package-use.js';

/** Packages of web servers: frameworks, logs, clients, templates, pages. */
export const web: readonly PackageUse[] = [
  {
    name: 'express',
    code: `
      import express from 'express';
      const app = express();
      app.get('/hail/:name', (request, response) => response.json({ hail: request.params.name }));
      export const use = () => new Promise((resolve, reject) => {
        const response = { statusCode: 200, headers: {}, setHeader() {}, getHeader() {}, removeHeader() {}, on() {}, emit() {}, once() {} };
        response.end = (text) => resolve(JSON.parse(String(text)));
        app.handle(Object.assign(Object.create({}), { method: 'GET', url: '/hail/Thor', headers: {}, on() {}, listeners: () => [] }), response, reject);
      });`,
    gives: { hail: 'Thor' },
  },
  {
    name: 'fastify',
    code: `
      import fastify from 'fastify';
      export async function use() {
        const app = fastify();
        app.get('/hail', async () => ({ hail: 'Thor' }));
        return (await app.inject('/hail')).json();
      }`,
    gives: { hail: 'Thor' },
  },
  {
    name: 'hono',
    code: `
      import { Hono } from 'hono';
      const app = new Hono();
      app.get('/hail', (c) => c.json({ hail: 'Thor' }));
      export const use = async () => (await app.request('/hail')).json();`,
    gives: { hail: 'Thor' },
  },
  {
    name: 'koa',
    code: `
      import Koa from 'koa';
      const app = new Koa();
      app.use((context) => { context.body = 'Hail'; });
      export const use = async () => typeof app.callback();`,
    gives: 'function',
  },
  {
    name: 'pino',
    code: `
      import pino from 'pino';
      export async function use() {
        const lines = [];
        pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) }).info('Hail');
        return lines;
      }`,
    gives: [{ level: 30, msg: 'Hail' }],
  },
  {
    name: 'pino-pretty',
    code: `
      import pino from 'pino';
      import pretty from 'pino-pretty';
      export async function use() {
        const lines = [];
        const stream = pretty({ colorize: false, ignore: 'pid,hostname,time', destination: { write: (line) => lines.push(line), on() {}, once() {}, emit() {}, end() {} }, sync: true });
        return [typeof pino, typeof stream.write];
      }`,
    gives: ['function', 'function'],
  },
  {
    name: 'pino-transport',
    code: `
      import pino from 'pino';
      import { join } from 'node:path';
      import { tmpdir } from 'node:os';
      import { readFileSync, rmSync } from 'node:fs';
      export async function use() {
        const destination = join(tmpdir(), 'liveswap-pino-' + process.pid + '-' + Math.random());
        const transport = pino.transport({ target: 'pino/file', options: { destination } });
        await new Promise((resolve, reject) => transport.on('ready', resolve).on('error', reject));
        pino({ base: null, timestamp: false }, transport).info('Hail');
        await new Promise((resolve) => transport.on('close', resolve).end());
        const text = readFileSync(destination, 'utf8');
        rmSync(destination);
        return text.trim();
      }`,
    gives: '{"level":30,"msg":"Hail"}',
  },
  {
    name: 'winston',
    code: `
      import winston from 'winston';
      export async function use() {
        const lines = [];
        const { Writable } = await import('node:stream');
        const stream = new Writable({ write: (line, _encoding, done) => { lines.push(String(line).trim()); done(); } });
        winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }).info('Hail');
        return lines.map((line) => JSON.parse(line));
      }`,
    gives: [{ level: 'info', message: 'Hail' }],
  },
  {
    name: 'axios',
    code: `
      import axios from 'axios';
      export const use = async () => axios.getUri({ url: '/hail', params: { name: 'Thor' } });`,
    gives: '/hail?name=Thor',
  },
  {
    name: 'undici',
    code: `
      import { MockAgent, request } from 'undici';
      export async function use() {
        const agent = new MockAgent();
        agent.disableNetConnect();
        agent.get('http://hall').intercept({ path: '/' }).reply(200, 'Hail');
        const { body } = await request('http://hall/', { dispatcher: agent });
        return body.text();
      }`,
    gives: 'Hail',
  },
  {
    name: 'openai',
    code: `
      import OpenAI from 'openai';
      const client = new OpenAI({ apiKey: 'none' });
      export const use = async () => typeof client.chat.completions.create;`,
    gives: 'function',
  },
  {
    name: 'stripe',
    code: `
      import Stripe from 'stripe';
      const stripe = new Stripe('sk_test_none');
      export const use = async () => typeof stripe.charges.create;`,
    gives: 'function',
  },
  {
    name: 'nodemailer',
    code: `
      import nodemailer from 'nodemailer';
      export async function use() {
        const mail = await nodemailer.createTransport({ jsonTransport: true }).sendMail({ from: 'a@b.c', to: 'd@e.f', text: 'Hail' });
        return JSON.parse(mail.message).text;
      }`,
    gives: 'Hail',
  },
  {
    name: 'handlebars',
    code: `
      import Handlebars from 'handlebars';
      const template = Handlebars.compile('Hail {{name}}');
      export const use = async () => template({ name: 'Thor' });`,
    gives: 'Hail Thor',
  },
  {
    name: 'ejs',
    code: `
      import ejs from 'ejs';
      export const use = async () => ejs.render('Hail <%= name %>', { name: 'Thor' });`,
    gives: 'Hail Thor',
  },
  {
    name: 'pug',
    code: `
      import pug from 'pug';
      export const use = async () => pug.render('p Hail #{name}', { name: 'Thor' });`,
    gives: '<p>Hail Thor</p>',
  },
  {
    name: 'marked',
    code: `
      import { marked } from 'marked';
      export const use = async () => marked.parse('*Hail*').trim();`,
    gives: '<p><em>Hail</em></p>',
  },
  {
    name: 'jsdom',
    code: `
      import { JSDOM } from 'jsdom';
      export const use = async () => new JSDOM('<p style="color: red">Hail</p>').window.document.querySelector('p').textContent;`,
    gives: 'Hail',
  },
  {
    name: 'cheerio',
    code: `
      import * as cheerio from 'cheerio';
      export const use = async () => cheerio.load('<p>Hail</p>')('p').text();`,
    gives: 'Hail',
  },
  {
    name: 'playwright-core',
    code: `
      import { chromium } from 'playwright-core';
      export const use = async () => chromium.name();`,
    gives: 'chromium',
    outside: 'playwright-core',
  },
  {
    name: 'ws',
    code: `
      import { WebSocketServer } from 'ws';
      export const use = async () => { const server = new WebSocketServer({ noServer: true }); server.close(); return server.clients.size; };`,
    gives: 0,
  },
  {
    name: 'socket.io',
    code: `
      import { Server } from 'socket.io';
      export const use = async () => new Server().of('/hall').name;`,
    gives: '/hall',
  },
  {
    name: 'graphql',
    code: `
      import { buildSchema, graphql } from 'graphql';
      const schema = buildSchema('type Query { hail: String }');
      export const use = async () => JSON.parse(JSON.stringify((await graphql({ schema, source: '{ hail }', rootValue: { hail: 'Thor' } })).data));`,
    gives: { hail: 'Thor' },
  },
  {
    name: 'discord.js',
    code: `
      import { Client, EmbedBuilder, GatewayIntentBits } from 'discord.js';
      import { resource } from 'liveswap/plugin';
      const client = resource(() => new Client({ intents: [GatewayIntentBits.Guilds] }), (open) => open.destroy());
      export const use = async () => [client().isReady(), new EmbedBuilder().setTitle('Hail').data.title];`,
    gives: [false, 'Hail'],
  },
  {
    name: 'got',
    code: `
      import got from 'got';
      const client = got.extend({ prefixUrl: 'http://hall' });
      export const use = async () => String(client.defaults.options.prefixUrl);`,
    gives: 'http://hall/',
  },
  {
    name: 'eta',
    code: `
      import { Eta } from 'eta';
      const eta = new Eta();
      export const use = async () => eta.renderString('Hail <%= it.name %>', { name: 'Thor' });`,
    gives: 'Hail Thor',
  },
];
