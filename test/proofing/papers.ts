import { drawDataPage, plainPrint } from '../../src/dev/data-page-maker/draw-data-page.ts';
import { sandboxDataPage } from '../../src/dev/data-page-maker/sandbox-data-page.ts';
import { plainShot, takePhoto } from '../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPerson, DemoPersonKey } from '../../src/dev/demo-people.ts';
import { INSPECTED_FEATURES } from '../../src/proofing/documents-accepted.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { SignedIn } from '../walk.ts';

/** The two lines of somebody's sandbox passport, for an officer to type. */
export function zoneOf(person: DemoPersonKey | DemoPerson): string {
  const holder = typeof person === 'string' ? demoPeople[person] : person;
  return sandboxDataPage(holder, 'TD3', systemClock.now()).mrzLines.join('\n');
}

const photos = new Map<DemoPersonKey, Promise<Buffer>>();

/** A photo of somebody's data page; smaller than a phone's, so that it is sooner read. */
export function pagePhoto(person: DemoPersonKey): Promise<Buffer> {
  const known = photos.get(person) ?? draw(person);
  photos.set(person, known);
  return known;
}

async function draw(person: DemoPersonKey): Promise<Buffer> {
  const content = sandboxDataPage(demoPeople[person], 'TD3', systemClock.now());
  const page = await drawDataPage(content, plainPrint);
  const { width, height } = plainShot;
  return takePhoto(page, { ...plainShot, width: width * 0.65, height: height * 0.65 });
}

export const versionOn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';

/** A code made by somebody on their phone, at the counter. */
export async function counterCode({ walker }: Pick<SignedIn, 'walker'>, child?: string) {
  await walker.get(`/proofing/counter${child ? `?child=${child}` : ''}`);
  const made = await walker.post('/proofing/counter-codes', {
    consent: 'yes',
    biometric_consent: 'yes',
    ...(child ? { child } : {}),
  });
  const code = /<strong translate="no">(\d{4} \d{4})<\/strong>/.exec(made.text)?.[1];
  if (!code) throw new Error(`Making a code answered ${made.status}.`);
  return code;
}

/** An officer's browser at the counter: opens the case of a code, gives its id. */
export async function openAtCounter({ walker }: Pick<SignedIn, 'walker'>, code: string) {
  await walker.get('/console/counter');
  const opened = await walker.post('/console/counter', { code });
  const caseId = /\/console\/cases\/([\w-]+)\/counter/.exec(opened.location ?? '')?.[1];
  if (!caseId) throw new Error(`Opening a counter case answered ${opened.status}.`);
  return caseId;
}

/** Posts one step of a counter case on the version that its page shows. */
export async function atCounter(
  { walker }: Pick<SignedIn, 'walker'>,
  caseId: string,
  what: string,
  fields: Record<string, string | string[]> = {},
) {
  const shown = await walker.get(`/console/cases/${caseId}/counter`);
  return walker.post(`/console/cases/${caseId}/${what}`, {
    seen: seenOn(shown.text),
    ...fields,
  });
}

export const seenOn = (text: string) => /name="seen" value="([^"]+)"/.exec(text)?.[1] ?? '';

export const allFeatures = [...INSPECTED_FEATURES];

/** The first document by hand, a card as second, and the face. */
export async function inspectByHand(
  officer: Pick<SignedIn, 'walker'>,
  caseId: string,
  person: DemoPersonKey | DemoPerson,
  kind = 'passport',
) {
  const key = typeof person === 'string' ? person : person.documentNumber;
  for (const [what, fields] of [
    ['document', { kind, zone: zoneOf(person), features: allFeatures }],
    [
      'second-document',
      {
        kind: 'national_card',
        issuing_state: 'UTO',
        document_number: `CARD-${key}`,
        features: allFeatures,
      },
    ],
    ['face', { same: 'yes' }],
  ] as const) {
    const done = await atCounter(officer, caseId, what, { ...fields, features: allFeatures });
    if (done.status !== 302)
      throw new Error(`${what} answered ${done.status}: ${problems(done.text)}`);
  }
}

const problems = (text: string) => /ds-error-summary[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';

/** Posts a decision on the case's page as it is shown. */
export async function decideOnPage(
  { walker }: Pick<SignedIn, 'walker'>,
  caseId: string,
  fields: Record<string, string>,
) {
  const shown = await walker.get(`/console/cases/${caseId}`);
  const evidence = /name="evidence" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
  return walker.post(`/console/cases/${caseId}/decision`, {
    version: versionOn(shown.text),
    evidence,
    note: '',
    ...fields,
  });
}
