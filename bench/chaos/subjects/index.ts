import type { SubjectOf } from '../subject.js';
import { answers } from './answers.js';
import { bag } from './bag.js';
import { breakingReleases } from './breaking-releases.js';
import { callbacks } from './callbacks.js';
import { configuration } from './configuration.js';
import { deaths } from './deaths.js';
import { givenUp } from './given-up.js';
import { handOvers } from './hand-overs.js';
import { kept } from './kept.js';
import { nodeStreams } from './node-streams.js';
import { pins } from './pins.js';
import { refusals } from './refusals.js';
import { reloads } from './reloads.js';
import { streams } from './streams.js';
import { waits } from './waits.js';

/** Everything that a run is about. */
export const subjects: readonly SubjectOf[] = [
  answers,
  givenUp,
  streams,
  nodeStreams,
  callbacks,
  refusals,
  deaths,
  reloads,
  configuration,
  bag,
  pins,
  handOvers,
  kept,
  breakingReleases,
  waits,
];
