import type { Adapter } from '../adapter.js';
import bullmq from './bullmq.js';
import cron from './cron.js';
import croner from './croner.js';
import graphileWorker from './graphile-worker.js';
import grammy from './grammy.js';
import kafkajs from './kafkajs.js';
import nodeCron from './node-cron.js';
import nodeSchedule from './node-schedule.js';
import pgBoss from './pg-boss.js';
import telegraf from './telegraf.js';

/** The adapters that are used without being asked for. */
export const builtinAdapters: readonly Adapter[] = [
  bullmq,
  cron,
  croner,
  grammy,
  graphileWorker,
  kafkajs,
  nodeCron,
  nodeSchedule,
  pgBoss,
  telegraf,
];
