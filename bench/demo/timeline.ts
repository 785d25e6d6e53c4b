import type { VersionLife } from './chronicle.js';
import { percentile } from '../harness/statistics.js';
import type { Sample } from './probe.js';
import { latencies, spread, type DemoRun } from './run.js';

const WIDTH = 1200;
const HEIGHT = 640;
const LEFT = 150;
const RIGHT = 30;
/** The lanes in which versions live, above; the latencies, below. */
const LANES_TOP = 96;
const LANE_HEIGHT = 22;
const PLOT_GAP = 40;
const PLOT_BOTTOM = HEIGHT - 64;
const BUCKET_MS = 100;

/** One colour for each version; people who cannot tell red from green can distinguish them. */
const COLOURS = ['#4477aa', '#e05263', '#3a8f46', '#c98a1b', '#0097a7', '#aa3377'];
const colourOf = (version: number): string => COLOURS[(version - 1) % COLOURS.length] ?? '#000000';

/** Scale on which times and latencies are drawn. */
interface Scale {
  readonly plotTop: number;
  x(at: number): number;
  y(ms: number): number;
  readonly gridMs: readonly number[];
}

/** Returns an SVG of the run: the life of each version and, below on the same time axis, the latency of each request. */
export function drawTimeline(run: DemoRun): string {
  const scale = scaleOf(run);
  const parts = [
    title(run),
    ...lanes(run, scale),
    ...axes(run, scale),
    ...run.lives.map(({ version }) => dots(run.samples, version, scale)),
    line(run.samples, 0.5, '#222222', scale),
    text(LEFT - 12, LANES_TOP - 10, 'reload took', 'text-anchor="end"'),
    ...reloadMarks(run, scale),
    legend(),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222222">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function scaleOf({ beganAt, endedAt, samples, lives }: DemoRun): Scale {
  const plotTop = LANES_TOP + lives.length * LANE_HEIGHT + PLOT_GAP;
  const slowest = Math.max(...samples.map(({ ms }) => ms));
  const gridMs = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const top = gridMs.find((ms) => ms >= slowest) ?? slowest;
  const fastest = Math.min(...samples.map(({ ms }) => ms));
  const bottom = gridMs.findLast((ms) => ms <= fastest) ?? 0.1;
  const share = (ms: number): number => Math.log(Math.max(ms, bottom) / bottom) / Math.log(top / bottom);
  return {
    plotTop,
    x: (at) => LEFT + ((at - beganAt) / (endedAt - beganAt)) * (WIDTH - LEFT - RIGHT),
    y: (ms) => PLOT_BOTTOM - share(ms) * (PLOT_BOTTOM - plotTop),
    gridMs: gridMs.filter((ms) => ms >= bottom && ms <= top),
  };
}

function title(run: DemoRun): string {
  const { steady, around } = latencies(run);
  const requests = run.tally.requests.toLocaleString('en');
  const failed = run.failed + run.tally.failed;
  const facts = `${requests} requests, ${failed} failed  ·  p99 ${spread(steady).p99} steady, ${spread(around).p99} in the second around a reload`;
  return `${text(LEFT, 36, `${run.lives.length - 1} reloads under load`, 'font-size="22" font-weight="bold"')}
${text(LEFT, 60, facts, 'font-size="14" fill="#555555"')}`;
}

/** Returns a bar for each version: solid while it is live, pale while its work finishes. */
function lanes(run: DemoRun, scale: Scale): string[] {
  return run.lives.flatMap((life, index) => {
    const y = LANES_TOP + index * LANE_HEIGHT;
    const from = scale.x(Math.max(life.liveAt, run.beganAt));
    const until = scale.x(Math.min(life.replacedAt ?? run.endedAt, run.endedAt));
    const left = scale.x(Math.min(life.retiredAt ?? run.endedAt, run.endedAt));
    return [
      text(LEFT - 12, y + 14, `version ${life.version}`, 'text-anchor="end"'),
      bar(from, left, y + 2, LANE_HEIGHT - 6, colourOf(life.version), 0.25),
      bar(from, until, y + 2, LANE_HEIGHT - 6, colourOf(life.version), 1),
      ...(life.version === 1 ? [jobNote(run, life, y, scale)] : []),
    ];
  });
}

function jobNote({ job }: DemoRun, life: VersionLife, y: number, scale: Scale): string {
  const x = scale.x(life.replacedAt ?? job.beganAt) + 8;
  const seconds = ((job.endedAt - job.beganAt) / 1000).toFixed(1);
  return text(x, y + 14, `finishes a job of ${seconds} s`, 'font-size="12"');
}

function axes({ beganAt, endedAt, lives }: DemoRun, scale: Scale): string[] {
  const seconds = Array.from({ length: Math.floor((endedAt - beganAt) / 1000) + 1 }, (_, second) => second);
  const lanesBottom = LANES_TOP + lives.length * LANE_HEIGHT;
  return [
    ...scale.gridMs.map(
      (ms) =>
        `<path d="M${LEFT} ${round(scale.y(ms))}H${WIDTH - RIGHT}" stroke="#e4e4e4"/>${text(LEFT - 12, scale.y(ms) + 4, `${ms} ms`, 'text-anchor="end" fill="#555555"')}`,
    ),
    ...seconds.map((second) =>
      text(
        scale.x(beganAt + second * 1000),
        PLOT_BOTTOM + 22,
        `${second} s`,
        'text-anchor="middle" fill="#555555"',
      ),
    ),
    text(LEFT, lanesBottom + PLOT_GAP - 12, 'latency of each request', 'fill="#555555"'),
  ];
}

function dots(samples: readonly Sample[], version: number, scale: Scale): string {
  const points = samples
    .filter(({ outcome }) => 'version' in outcome && outcome.version === version)
    .map(({ at, ms }) => `M${round(scale.x(at))} ${round(scale.y(ms))}h0`);
  return `<path d="${points.join('')}" stroke="${colourOf(version)}" stroke-width="3.6" stroke-linecap="round" opacity="0.55"/>`;
}

/** Returns the line of a percentile, for each tenth of a second. */
function line(samples: readonly Sample[], share: number, colour: string, scale: Scale): string {
  const buckets = new Map<number, number[]>();
  for (const { at, ms } of samples) {
    const bucket = Math.floor(at / BUCKET_MS);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), ms]);
  }
  const points = [...buckets].map(
    ([bucket, values]) =>
      `${round(scale.x((bucket + 0.5) * BUCKET_MS))} ${round(scale.y(percentile(values, share)))}`,
  );
  return `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
}

function reloadMarks({ lives }: DemoRun, scale: Scale): string[] {
  return lives.slice(1).map(({ liveAt, ms }) => {
    const x = round(scale.x(liveAt));
    return `<path d="M${x} ${LANES_TOP - 4}V${PLOT_BOTTOM}" stroke="#222222" stroke-dasharray="3 4"/>
${text(x, LANES_TOP - 10, `${ms.total.toFixed(0)} ms`, 'text-anchor="middle" font-size="12"')}`;
  });
}

function legend(): string {
  const y = HEIGHT - 14;
  return text(
    LEFT,
    y,
    'Dots: one request each, in the colour of the version that answered. Line: the median of each tenth of a second. Bars: solid while live, pale while finishing.',
    'font-size="12" fill="#555555"',
  );
}

function bar(from: number, to: number, y: number, height: number, colour: string, opacity: number): string {
  return `<rect x="${round(from)}" y="${y}" width="${round(Math.max(to - from, 0))}" height="${height}" rx="3" fill="${colour}" opacity="${opacity}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${content}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
