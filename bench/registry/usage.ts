import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Clock ticks a second on every Linux that Node.js runs on. */
const TICKS = 100;

/** Processor seconds of this process and of the PostgreSQL in a data folder, ended backends included; Linux only. */
export function processorSeconds(dataDir: string): { node: number; postgres: number } {
  const { user, system } = process.cpuUsage();
  return { node: (user + system) / 1e6, postgres: postgresSeconds(dataDir) };
}

function postgresSeconds(dataDir: string): number {
  try {
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const postmaster = Number(readFileSync(file, 'utf8').split('\n')[0]);
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const stat = readStat(pid);
      if (!stat) continue;
      if (Number(pid) === postmaster) ticks += stat.own + stat.children;
      else if (stat.parent === postmaster) ticks += stat.own;
    }
    return ticks / TICKS;
  } catch {
    return Number.NaN;
  }
}

function readStat(pid: string): { parent: number; own: number; children: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      parent: fields[1]!,
      own: fields[11]! + fields[12]!,
      children: fields[13]! + fields[14]!,
    };
  } catch {
    return null;
  }
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const round = (value: number, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;
