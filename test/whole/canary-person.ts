import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPerson } from '../../src/dev/demo-people.ts';
import { portraitSize } from '../../src/dev/passport-maker/draw-portrait.ts';
import type { SandboxRecord } from '../../src/dev/sandbox-register/sandbox-record.ts';
import { livePicture } from './papers.ts';
import { spellingsOf, spellingsOfBytes } from './spellings.ts';
import type { Canary } from './scan.ts';

/** Somebody whose every word stands nowhere else: long, so that no find is by chance. */
export const canaryPerson: DemoPerson = {
  ...demoPeople.anna,
  primaryIdentifier: 'WINTERBOTTOMSEN',
  secondaryIdentifier: 'XIMENATHEA PERPETUA',
  printedPrimary: 'WÎNTERBÔTTÔMSÉN',
  printedSecondary: 'XÎMENATHÉA PÉRPÉTUÂ',
  dateOfBirth: '1987-10-23',
  placeOfBirth: 'ZAPOTLANEJÓ VIEJÃO',
  documentNumber: 'QZ7K4WX9V',
  visaNumber: 'V739184652',
  email: 'quetzalcoatlus.brandywine@zephyrmail.example',
};

/** What else is typed or sent, each word once. */
export const said = {
  registerPersonId: 'REG-88431975-OCELOT',
  registerAddress: 'pangolin.registered@zephyrmail.example',
  officerName: 'Wilhelmina Thistlewaite-Broadsword',
  note: 'Heliotropic earlobes and the philtrum agree, wombat.',
  passkeyLabel: 'Marzipan telephone of the lighthouse',
  userAgent: 'CapybaraBrowser/77.31 (Rutabaga OS)',
  clientAddress: '203.0.113.177',
  unknownEmail: 'nobody.axolotl@zephyrmail.example',
  strayWord: 'kohlrabi-astrolabe-quincunx',
  twinEmail: 'doppelgaenger.tamarin@zephyrmail.example',
} as const;

/** What the register has on file of them. */
export function canaryRecord(anna: SandboxRecord): SandboxRecord {
  const { printedPrimary, printedSecondary, documentNumber, visaNumber } = canaryPerson;
  return {
    ...anna,
    person: {
      ...anna.person,
      registerPersonId: said.registerPersonId,
      nameAsRecorded: `${printedPrimary}, ${printedSecondary}`,
      dateOfBirth: canaryPerson.dateOfBirth,
    },
    documents: [{ issuingState: 'UTO', documentNumber, status: 'current' }],
    visa: anna.visa && { ...anna.visa, number: visaNumber },
    contacts: [{ kind: 'email', address: said.registerAddress }],
  };
}

/** Pictures with a grain that no other picture has: the chip's, and one as a camera would take it. */
export async function canaryPictures(): Promise<{ chip: Buffer; live: Buffer }> {
  const drawn = await livePicture(canaryPerson);
  const chip = await sharp(await grainOver(drawn))
    .resize(portraitSize)
    .jpeg({ quality: 82 })
    .toBuffer();
  return { chip, live: await grainOver(drawn) };
}

async function grainOver(picture: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata();
  const grain = randomBytes(width * height * 4);
  for (let at = 3; at < grain.length; at += 4) grain[at] = 24;
  const input = await sharp(grain, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  return sharp(picture).composite([{ input }]).jpeg({ quality: 90 }).toBuffer();
}

/** A word as a canary, all of its spellings. */
export function wordCanary(name: string, value: string): Canary {
  return { name, spellings: spellingsOf(value) };
}

const SLICE_BYTES = 24;

/** Inner slices of something long: of a picture any part would do harm. */
export function sliceCanaries(name: string, bytes: Buffer): Canary[] {
  return [0.2, 0.4, 0.6, 0.8].map((part) => {
    const start = Math.floor(bytes.length * part);
    const slice = bytes.subarray(start, start + SLICE_BYTES);
    return { name: `${name} at ${start}`, spellings: spellingsOfBytes(slice) };
  });
}

/** All that is known before the journey begins. */
export function personCanaries(): Canary[] {
  const { dateOfBirth, printedPrimary, printedSecondary, ...person } = canaryPerson;
  const [year, month, day] = dateOfBirth.split('-');
  const words: Record<string, string> = {
    ...said,
    'primary identifier': person.primaryIdentifier,
    'secondary identifier': person.secondaryIdentifier,
    'first given name': person.secondaryIdentifier.split(' ')[0]!,
    'second given name': person.secondaryIdentifier.split(' ')[1]!,
    'printed primary': printedPrimary,
    'printed secondary': printedSecondary,
    'printed first given name': printedSecondary.split(' ')[0]!,
    'place of birth': person.placeOfBirth,
    'first word of the place': person.placeOfBirth.split(' ')[0]!,
    'document number': person.documentNumber,
    'visa number': person.visaNumber,
    email: person.email,
    'local part': person.email.split('@')[0]!,
    'date of birth': dateOfBirth,
    'date of birth in DG11': `${year}${month}${day}`,
    'date of birth in words': `${day} October ${year}`,
  };
  return Object.entries(words).map(([name, value]) => wordCanary(name, value));
}
