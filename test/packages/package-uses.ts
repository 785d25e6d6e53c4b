/** A package as a server uses it: what a plugin does with it, and what comes of that. */
export interface PackageUse {
  /** Of the plugin: the package's, as far as a folder can have that name. */
  readonly name: string;
  /** JavaScript: exports an async `use`. */
  readonly code: string;
  /** What `use` resolves to. */
  readonly gives: unknown;
  /** A package that has to stay outside of the artifact. */
  readonly outside?: string;
}

/** Packages that need no server. */
export const packageUses: readonly PackageUse[] = [
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
    name: 'zod',
    code: `
      import { z } from 'zod';
      const Order = z.object({ amount: z.coerce.number() });
      export const use = async () => Order.parse({ amount: '3' });`,
    gives: { amount: 3 },
  },
  {
    name: 'ajv',
    code: `
      import { Ajv } from 'ajv';
      const validate = new Ajv().compile({ type: 'object', required: ['amount'] });
      export const use = async () => [validate({ amount: 3 }), validate({})];`,
    gives: [true, false],
  },
  {
    name: 'lru-cache',
    code: `
      import { LRUCache } from 'lru-cache';
      const cache = new LRUCache({ max: 2 });
      export const use = async () => cache.set('a', 1).get('a');`,
    gives: 1,
  },
  {
    name: 'drizzle-orm',
    code: `
      import { eq } from 'drizzle-orm';
      import { integer, pgTable, text, QueryBuilder } from 'drizzle-orm/pg-core';
      const heroes = pgTable('heroes', { id: integer(), name: text() });
      export const use = async () => new QueryBuilder().select().from(heroes).where(eq(heroes.id, 3)).toSQL().params;`,
    gives: [3],
  },
  {
    name: 'knex',
    code: `
      import knex from 'knex';
      export const use = async () => knex({ client: 'pg' })('heroes').where({ id: 3 }).toString();`,
    gives: `select * from "heroes" where "id" = 3`,
  },
  {
    name: 'sequelize',
    code: `
      import { DataTypes, Sequelize } from 'sequelize';
      export async function use() {
        const db = new Sequelize('postgres://u@localhost/none', { logging: false });
        const Hero = db.define('Hero', { name: DataTypes.STRING });
        return Hero.build({ name: 'Thor' }).name;
      }`,
    gives: 'Thor',
    outside: 'pg',
  },
  {
    name: 'pg',
    code: `
      import pg from 'pg';
      export const use = async () => { const pool = new pg.Pool({ port: 1 }); await pool.end(); return pool.ended; };`,
    gives: true,
  },
  {
    name: 'mysql2',
    code: `
      import mysql from 'mysql2/promise';
      export const use = async () => mysql.format('select ?', [3]);`,
    gives: 'select 3',
  },
  {
    name: 'ioredis',
    code: `
      import { Redis } from 'ioredis';
      export async function use() { const redis = new Redis({ lazyConnect: true }); redis.disconnect(); return redis.status; }`,
    gives: 'end',
  },
  {
    name: 'bullmq',
    code: `
      import { Queue } from 'bullmq';
      export const use = async () => typeof Queue;`,
    gives: 'function',
  },
  {
    name: 'better-sqlite3',
    code: `
      import Database from 'better-sqlite3';
      export const use = async () => typeof Database;`,
    gives: 'function',
    outside: 'better-sqlite3',
  },
  {
    name: 'bcrypt',
    code: `
      import bcrypt from 'bcrypt';
      export const use = async () => bcrypt.compare('hail', await bcrypt.hash('hail', 4));`,
    gives: true,
    outside: 'bcrypt',
  },
  {
    name: 'bcryptjs',
    code: `
      import bcrypt from 'bcryptjs';
      export const use = async () => bcrypt.compare('hail', await bcrypt.hash('hail', 4));`,
    gives: true,
  },
  {
    name: 'jsonwebtoken',
    code: `
      import jwt from 'jsonwebtoken';
      export const use = async () => jwt.verify(jwt.sign({ name: 'Thor' }, 'key'), 'key').name;`,
    gives: 'Thor',
  },
  {
    name: 'jose',
    code: `
      import { SignJWT, jwtVerify } from 'jose';
      const key = new TextEncoder().encode('a key that is long enough for HS256');
      export async function use() {
        const token = await new SignJWT({ name: 'Thor' }).setProtectedHeader({ alg: 'HS256' }).sign(key);
        return (await jwtVerify(token, key)).payload.name;
      }`,
    gives: 'Thor',
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
    name: 'sharp',
    code: `
      import sharp from 'sharp';
      export const use = async () => (await sharp({ create: { width: 2, height: 3, channels: 3, background: 'red' } }).png().toBuffer({ resolveWithObject: true })).info.height;`,
    gives: 3,
    outside: 'sharp',
  },
  {
    name: 'sql.js',
    code: `
      import initSqlJs from 'sql.js';
      export async function use() {
        const SQL = await initSqlJs();
        const db = new SQL.Database();
        const [{ values }] = db.exec('select 1 + 2');
        db.close();
        return values;
      }`,
    gives: [[3]],
  },
  {
    name: 'pglite',
    code: `
      import { PGlite } from '@electric-sql/pglite';
      export async function use() {
        const db = new PGlite();
        const { rows } = await db.query('select 1 + 2 as sum');
        await db.close();
        return rows;
      }`,
    gives: [{ sum: 3 }],
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
    name: 'date-fns',
    code: `
      import { addDays, formatISO } from 'date-fns';
      export const use = async () => formatISO(addDays(new Date(2026, 0, 1), 1), { representation: 'date' });`,
    gives: '2026-01-02',
  },
  {
    name: 'dayjs',
    code: `
      import dayjs from 'dayjs';
      export const use = async () => dayjs('2026-01-01').add(1, 'day').format('YYYY-MM-DD');`,
    gives: '2026-01-02',
  },
  {
    name: 'luxon',
    code: `
      import { DateTime } from 'luxon';
      export const use = async () => DateTime.fromISO('2026-01-01').plus({ days: 1 }).toISODate();`,
    gives: '2026-01-02',
  },
  {
    name: 'lodash',
    code: `
      import _ from 'lodash';
      export const use = async () => _.chunk([1, 2, 3], 2);`,
    gives: [[1, 2], [3]],
  },
  {
    name: 'uuid',
    code: `
      import { v4, validate } from 'uuid';
      export const use = async () => validate(v4());`,
    gives: true,
  },
  {
    name: 'nanoid',
    code: `
      import { nanoid } from 'nanoid';
      export const use = async () => nanoid(7).length;`,
    gives: 7,
  },
  {
    name: 'mongodb',
    code: `
      import { MongoClient, ObjectId } from 'mongodb';
      const client = new MongoClient('mongodb://localhost:1');
      export const use = async () => [typeof client.db, new ObjectId('0123456789abcdef01234567').toHexString()];`,
    gives: ['function', '0123456789abcdef01234567'],
  },
  {
    name: 'redis',
    code: `
      import { createClient } from 'redis';
      export const use = async () => createClient().isOpen;`,
    gives: false,
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
    name: 'csv-parse',
    code: `
      import { parse } from 'csv-parse/sync';
      export const use = async () => parse('a,b\\n1,2');`,
    gives: [
      ['a', 'b'],
      ['1', '2'],
    ],
  },
  {
    name: 'fast-xml-parser',
    code: `
      import { XMLParser } from 'fast-xml-parser';
      export const use = async () => new XMLParser().parse('<hail>Thor</hail>');`,
    gives: { hail: 'Thor' },
  },
  {
    name: 'p-limit',
    code: `
      import pLimit from 'p-limit';
      const limit = pLimit(2);
      export const use = async () => Promise.all([1, 2, 3].map((n) => limit(async () => n * 2)));`,
    gives: [2, 4, 6],
  },
  {
    name: 'p-queue',
    code: `
      import PQueue from 'p-queue';
      const queue = new PQueue({ concurrency: 1 });
      export const use = async () => queue.add(async () => 3);`,
    gives: 3,
  },
  {
    name: 'rxjs',
    code: `
      import { firstValueFrom, map, of } from 'rxjs';
      export const use = async () => firstValueFrom(of(2).pipe(map((n) => n + 1)));`,
    gives: 3,
  },
  {
    name: 'dataloader',
    code: `
      import DataLoader from 'dataloader';
      export const use = async () => new DataLoader(async (keys) => keys.map((key) => key + 1)).load(2);`,
    gives: 3,
  },
  {
    name: 'prom-client',
    code: `
      import { Counter, Registry } from 'prom-client';
      export async function use() {
        const registry = new Registry();
        new Counter({ name: 'hails', help: 'Hails.', registers: [registry] }).inc(3);
        return (await registry.getSingleMetric('hails').get()).values[0].value;
      }`,
    gives: 3,
  },
];
