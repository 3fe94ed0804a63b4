import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findService } from '../agencies/find-service.ts';
import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { CaseId, OfficerId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { SYSTEM } from '../audit/append.ts';
import { registerReferences } from '../proofing/register-references.ts';
import { enrolPerson } from '../registry/enrol-person.ts';
import type { Enrolment, EnrolmentInput } from '../registry/enrol-person.ts';
import { findPersonOfAccount } from '../registry/find-persons.ts';
import { continuityWith, documentsOf } from '../registry/person-file.ts';
import { recordCrossReference } from '../registry/record-cross-reference.ts';
import { recordStay } from '../registry/record-stay.ts';
import { connectRegister } from '../visas/connect-register.ts';
import type { RegisterPort } from '../visas/register-port.ts';
import { stayFrom } from '../visas/stay.ts';
import { registerDemoAgencies } from './demo-agency/register-demo-agencies.ts';
import {
  askRegister,
  drawDocumentNumber,
  findingsOf,
  newTraveller,
  openDemoAccount,
  readChip,
  whatServiceSees,
} from './demo-life-parts.ts';
import type { ReadChip, Seen } from './demo-life-parts.ts';
import { departed, remember, tourist, worker } from './demo-life-register.ts';
import type { DemoPerson } from './demo-people.ts';
import { makePassport } from './passport-maker/make-passport.ts';
import type { SandboxPki } from './passport-maker/sandbox-pki.ts';
import { loadOrMakeSandboxPki } from './passport-maker/sandbox-pki-file.ts';
import { startSandboxRegister } from './sandbox-register/start-sandbox-register.ts';
import { seedSandbox } from './seed.ts';

/**
 * `demo life`: one person arrives as a tourist and gets the number, leaves, renews the passport, returns as a worker, and
 * keeps number and `sub` throughout. Passports, chip checks, register answers and the registry are the real ones; what
 * a human does (touch a passkey, compare faces, decide) is played. Exits 0, or 1 where number or sub changed.
 */
export async function runDemoLife(_args: string[], io: CommandIo, app: App): Promise<number> {
  if (!app.config.sandbox) {
    io.err('Production has no demo people: demo life is for the sandbox.');
    return 78;
  }
  await seedSandbox(app);
  await registerDemoAgencies(app);
  const service = await findService(app.db, 'demo-lands-condo');
  if (!service) throw new Error('The demo agency is missing.');
  const folder = await mkdtemp(join(tmpdir(), 'tangchat-life-'));
  const { d: _private, ...publicJwk } = app.keys.registerClientJwk;
  const register = await startSandboxRegister({
    port: 0,
    dataDir: folder,
    clientId: app.config.ISSUER,
    clientJwks: { keys: [publicJwk] },
  });
  try {
    const config = { ...app.config, REGISTER_URL: register.url };
    const port = await connectRegister({ ...app, config });
    return await play({
      app: { ...app, register: port },
      io,
      service,
      registerUrl: register.url,
      pki: loadOrMakeSandboxPki(app.config.KEYS_DIR, app),
    });
  } finally {
    await register.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  app: App & { register: RegisterPort };
  io: CommandIo;
  service: Service;
  registerUrl: string;
  pki: SandboxPki;
}

async function play(stage: Stage): Promise<number> {
  const { app, io } = stage;
  const liv = newTraveller(app);
  const renewed = { ...liv, documentNumber: drawDocumentNumber(app) };
  const accountId = await openDemoAccount(app, liv.email);
  io.out(`${liv.secondaryIdentifier} ${liv.primaryIdentifier}, born ${liv.dateOfBirth}\n`);

  await remember(stage, tourist(app, liv));
  const first = await prove(stage, liv, { accountId });
  told(
    io,
    1,
    'arrives as a tourist, reads her passport, and an officer compares the faces',
    first.enrolment,
  );
  const seen = [await see(stage, accountId)];

  await remember(stage, departed(app, tourist(app, liv)));
  await hearRegister(stage, first.chip, accountId);
  told(io, 2, 'leaves the country: the stay ends, the ID does not');
  seen.push(await see(stage, accountId));

  await remember(stage, worker(app, departed(app, tourist(app, liv)), renewed));
  const alone = await prove(stage, renewed, { accountId });
  told(io, 3, 'comes back with a renewed passport. No machine takes it for hers', alone.enrolment);
  const joined = await officerJoins(stage, renewed, accountId);
  told(
    io,
    4,
    `an officer compares both passports and the faces (continuity ${joined.verdict})`,
    joined.enrolment,
  );
  seen.push(await see(stage, accountId));

  await hearRegister(stage, joined.chip, accountId);
  await addWorkPermit(stage, joined.enrolment);
  told(io, 5, 'works here now: another visa, a longer stay, a work permit number in the crosswalk');
  seen.push(await see(stage, accountId));

  const thief = await prove(stage, liv, {
    accountId: await openDemoAccount(app, `x.${liv.email}`),
  });
  told(io, 6, 'the old passport is tried on another account', thief.enrolment);
  return verdict(io, seen);
}

interface Proof {
  chip: ReadChip;
  enrolment: Enrolment;
}

/** Reads the chip, asks the register, and hands the findings to the registry: as an approved case does. */
async function prove(
  stage: Stage,
  person: DemoPerson,
  given: Pick<EnrolmentInput, 'accountId'> & Partial<EnrolmentInput>,
): Promise<Proof> {
  const { app, pki } = stage;
  const passport = await makePassport(pki, { person, now: app.clock.now() });
  const chip = await readChip(app, passport);
  const answer = await askRegister(app, chip);
  const enrolment = await transact(app.db, (tx) =>
    enrolPerson(tx, app, {
      caseId: CaseId.make(app),
      holder: chip.document,
      document: chip.document,
      findings: findingsOf(chip),
      stay: stayFrom(answer, app.clock.now()),
      provisionalUntil: null,
      crossReferences: registerReferences(answer),
      dismissed: [],
      actor: { kind: 'officer', id: OfficerId.make(app) },
      ...given,
    }),
  );
  return { chip, enrolment };
}

async function officerJoins(stage: Stage, person: DemoPerson, accountId: AccountId) {
  const { app } = stage;
  const { enrolment: held, chip } = await prove(stage, person, { accountId });
  if (held.ok || held.reason !== 'account_enrolled')
    throw new Error('The renewed passport was not held for an officer.');
  const { personId } = held;
  const crossReferences = registerReferences(await askRegister(app, chip));
  const { verdict: found } = await continuityWith(app.db, app, {
    personId,
    claimed: chip.document,
    crossReferences,
    portraits: 'match',
  });
  const [earlier] = await documentsOf(app.db, app, personId);
  const joined = await prove(stage, person, {
    accountId,
    resolution: {
      kind: 'renewal',
      replaces: earlier?.id ?? null,
      portraits: 'match',
      secondOfficer: null,
    },
  });
  return { ...joined, verdict: found };
}

/** The register's word about the stay, as the job that follows stays records it. */
async function hearRegister(stage: Stage, chip: ReadChip, accountId: AccountId): Promise<void> {
  const { app } = stage;
  const stay = stayFrom(await askRegister(app, chip), app.clock.now());
  const personId = await findPersonOfAccount(app.db, accountId);
  if (!personId) throw new Error('The account has no person.');
  await transact(app.db, (tx) => recordStay(tx, app, { personId, stay, actor: SYSTEM }));
}

async function addWorkPermit({ app }: Stage, enrolment: Enrolment): Promise<void> {
  if (!enrolment.ok) return;
  const number = `WP${String(app.random.integer(10 ** 9)).padStart(9, '0')}`;
  const reference = { kind: 'work_permit', number, source: 'labour', verified: true } as const;
  const { personId } = enrolment;
  await transact(app.db, (tx) =>
    recordCrossReference(tx, app, { ...reference, personId, actor: SYSTEM }),
  );
}

function told(io: CommandIo, step: number, what: string, enrolment?: Enrolment): void {
  const end = enrolment ? (enrolment.ok ? enrolment.outcome : `held: ${enrolment.reason}`) : null;
  io.out(`${step}. ${what}${end ? `\n   registry: ${end}` : ''}`);
}

async function see({ app, io, service }: Stage, accountId: AccountId): Promise<Seen> {
  const seen = await whatServiceSees(app, service, accountId);
  const { sub, acr, number, stay, admittedUntil } = seen;
  const current = seen.documentCurrent ? 'passport current' : 'passport not current';
  io.out(`   ${service.name.en} sees: ${number ?? 'no number'} · sub ${sub}`);
  io.out(
    `   ${acr} · ${current} · stay ${stay}${admittedUntil ? ` until ${admittedUntil}` : ''}\n`,
  );
  return seen;
}

function verdict(io: CommandIo, seen: readonly Seen[]): number {
  const numbers = new Set(seen.map(({ number }) => number));
  const subs = new Set(seen.map(({ sub }) => sub));
  const kept = numbers.size === 1 && !numbers.has(null) && subs.size === 1;
  io.out(kept ? '\nOne number and one sub throughout.' : '\nNumber or sub changed on the way.');
  return kept ? 0 : 1;
}
