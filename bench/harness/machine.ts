import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** Machine for which the figures of a run hold. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load of the last minute when the run began: above 0, other programs were at work. */
  readonly load: number;
  readonly packages: Readonly<Record<string, string>>;
}

/** @param packages names of the packages whose versions matter */
export function describeMachine(packages: readonly string[]): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    packages: Object.fromEntries(packages.map((name) => [name, packageVersion(name)])),
  };
}

/** Returns the head of a run's output. */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, system, node, load, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, load ${load}\nNode ${node}, ${versions.join(', ')}`;
}

/** Returns the version of a package. It is read from disk, because not every package exports its package.json. */
function packageVersion(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      const { version } = JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')) as {
        version: string;
      };
      return version;
    } catch {
      // The file is in one of the folders further up.
    }
  }
  return `not found from ${dirname(import.meta.filename)}`;
}
