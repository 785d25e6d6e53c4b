import type { PackageUse } from '../package-use.js';

/** Packages for data: databases, queues, schemas, parsers. */
export const data: readonly PackageUse[] = [
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
    name: 'mongodb',
    code: `
      import { MongoClient, ObjectId } from 'mongodb';
      import { resource } from 'liveswap/plugin';
      const client = resource(() => new MongoClient('mongodb://localhost:1'), (open) => open.close());
      export const use = async () => [typeof client().db, new ObjectId('0123456789abcdef01234567').toHexString()];`,
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
    name: 'dataloader',
    code: `
      import DataLoader from 'dataloader';
      export const use = async () => new DataLoader(async (keys) => keys.map((key) => key + 1)).load(2);`,
    gives: 3,
  },
  {
    name: 'mongoose',
    code: `
      import mongoose from 'mongoose';
      const Kitten = mongoose.model('Kitten', new mongoose.Schema({ name: String }));
      export const use = async () => new Kitten({ name: 'Silence' }).toObject().name;`,
    gives: 'Silence',
  },
  {
    name: 'typeorm',
    code: `
      import { DataSource, EntitySchema } from 'typeorm';
      const User = new EntitySchema({ name: 'User', columns: { id: { type: Number, primary: true }, name: { type: String } } });
      export async function use() {
        const source = await new DataSource({ type: 'sqljs', entities: [User], synchronize: true }).initialize();
        await source.getRepository(User).save({ id: 1, name: 'Thor' });
        const [user] = await source.getRepository(User).find();
        await source.destroy();
        return user.name;
      }`,
    gives: 'Thor',
    outside: 'sql.js',
  },
  {
    name: 'kysely',
    code: `
      import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
      export async function use() {
        const db = new Kysely({
          dialect: {
            createAdapter: () => new PostgresAdapter(),
            createDriver: () => new DummyDriver(),
            createIntrospector: (opened) => new PostgresIntrospector(opened),
            createQueryCompiler: () => new PostgresQueryCompiler(),
          },
        });
        const { sql } = db.selectFrom('person').select('id').compile();
        await db.destroy();
        return sql;
      }`,
    gives: 'select "id" from "person"',
  },
  {
    name: 'postgres',
    code: `
      import postgres from 'postgres';
      import { resource } from 'liveswap/plugin';
      const sql = resource(() => postgres('postgres://localhost:1/none'), (open) => open.end());
      export const use = async () => sql().options.database;`,
    gives: 'none',
  },
  {
    name: 'valibot',
    code: `
      import * as v from 'valibot';
      const Order = v.object({ amount: v.pipe(v.string(), v.transform(Number)) });
      export const use = async () => v.parse(Order, { amount: '3' });`,
    gives: { amount: 3 },
  },
  {
    name: 'class-validator',
    code: `
      import { IsInt, Min, validate } from 'class-validator';
      class Post {}
      IsInt()(Post.prototype, 'rating');
      Min(1)(Post.prototype, 'rating');
      export const use = async () => (await validate(Object.assign(new Post(), { rating: 0 }))).map(({ property }) => property);`,
    gives: ['rating'],
  },
];
