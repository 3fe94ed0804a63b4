import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { App } from '../lib/app.ts';
import { EX_NOINPUT, EX_USAGE } from '../lib/command-io.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { openRuleProposal } from './propose-stay-rules.ts';
import { readRuleFile } from './read-rule-file.ts';
import { replayStays, replayedStay } from './replay-stays.ts';
import { importStayRules, readStayRules } from './stay-rule-sets.ts';
import { bangkokDate } from './stay.ts';
import type { StayRuleSet } from './stay-rules.ts';

const MAX_STAYS = 1_000_000;

/**
 * `stay rules import FILE`: makes a whole set of rules the next version, in force at once on every node, each rule from its
 * own day. For the sandbox: in production it takes two officers. Exits 0, or 1 with what is wrong, line by line. The import is on
 * the audit trail, and reviews nothing.
 */
export async function runStayRulesImport(
  args: readonly string[],
  io: CommandIo,
  app: App,
): Promise<number> {
  const [file, ...more] = args;
  if (file === undefined || more.length > 0) return usage(io, 'stay rules import FILE');
  if (!app.config.sandbox)
    return fail(
      io,
      'In production one officer proposes rules in the console, and another one accepts.',
    );
  const set = await readRuleSet(file, app);
  if (!set.ok) return fail(io, set.reason);
  const imported = await importStayRules(app, set.set);
  io.out(JSON.stringify(imported, null, 2));
  return 0;
}

/** `stay rules show`: the rules in force and their version, as JSON; what `stay rules import` takes. */
export async function runStayRulesShow(io: CommandIo, app: App): Promise<number> {
  io.out(JSON.stringify(await readStayRules(app.db), null, 2));
  return 0;
}

/**
 * `stay replay STAYS (--rules FILE | --proposed) [--at DATE]`: what the rules of FILE, or those that wait for a second officer, would change over the stays of STAYS (one JSON
 * object a line), beside the rules in force. Counts, then every row that changes, before and after. Changes nothing.
 */
export async function runStayReplay(
  args: readonly string[],
  io: CommandIo,
  app: App,
): Promise<number> {
  const asked = parseReplay(args);
  if (!asked) return usage(io, 'stay replay STAYS (--rules FILE | --proposed) [--at DATE]');
  const [set, stays] = await Promise.all([
    asked.rules === null ? readProposed(app) : readRuleSet(asked.rules, app),
    readStays(asked.stays),
  ]);
  if (!set.ok) return fail(io, set.reason);
  if (!stays.ok) return fail(io, stays.reason);
  const on = asked.at ?? bangkokDate(app.clock.now());
  const { version, rules: before } = await readStayRules(app.db);
  const replay = replayStays(stays.stays, { before, after: set.set.rules }, on);
  io.out(JSON.stringify({ on, version, title: set.set.title, ...replay }, null, 2));
  return 0;
}

function parseReplay(
  args: readonly string[],
): { stays: string; rules: string | null; at: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rules: { type: 'string' },
        proposed: { type: 'boolean', default: false },
        at: { type: 'string' },
      },
    });
    const [stays, ...more] = positionals;
    const { rules = null, proposed, at } = values;
    if (stays === undefined || more.length > 0 || (rules === null) !== proposed) return null;
    if (at !== undefined && !z.iso.date().safeParse(at).success) return null;
    return { stays, rules, at };
  } catch {
    return null;
  }
}

async function readProposed(
  app: App,
): Promise<{ ok: true; set: StayRuleSet } | { ok: false; reason: string }> {
  const proposal = await openRuleProposal(app.db);
  if (!proposal) return { ok: false, reason: 'no set of rules waits for a second officer' };
  return { ok: true, set: { title: proposal.title, rules: [...proposal.rules] } };
}

async function readRuleSet(
  path: string,
  app: App,
): Promise<{ ok: true; set: StayRuleSet } | { ok: false; reason: string }> {
  const text = await readText(path);
  if (text === null) return { ok: false, reason: `${path} cannot be read` };
  const { rules } = await readStayRules(app.db);
  const read = readRuleFile(text, rules);
  if (read.ok) return read;
  const faults = read.faults.map(({ line, message }) => `line ${line}: ${message}`);
  return { ok: false, reason: `${path} is no set of stay rules:\n${faults.join('\n')}` };
}

async function readStays(
  path: string,
): Promise<{ ok: true; stays: z.output<typeof replayedStay>[] } | { ok: false; reason: string }> {
  const text = await readText(path);
  if (text === null) return { ok: false, reason: `${path} cannot be read` };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MAX_STAYS) return { ok: false, reason: `${path} has too many lines` };
  const stays: z.output<typeof replayedStay>[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = replayedStay.safeParse(parseJson(line));
    // The line itself is not repeated: whoever exported too much shall not find it in a log.
    if (!parsed.success)
      return {
        ok: false,
        reason: `line ${index + 1} of ${path} is no stay:\n${z.prettifyError(parsed.error)}`,
      };
    stays.push(parsed.data);
  }
  return { ok: true, stays };
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function usage(io: CommandIo, how: string): number {
  io.err(`usage: tangchat ${how}`);
  return EX_USAGE;
}

function fail(io: CommandIo, reason: string): number {
  io.err(reason);
  return reason.endsWith('cannot be read') ? EX_NOINPUT : 1;
}
