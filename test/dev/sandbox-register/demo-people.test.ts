import { expect, test } from 'vitest';
import { demoContent } from '../../../src/dev/sandbox-register/demo-records.ts';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import { comparePerson } from '../../../src/visas/compare-person.ts';

// The register writes names as printed, the passport's zone without marks: the story must hold together.
test.each(Object.values(demoPeople))(
  'the register means the same person as the passport of $key',
  (person) => {
    const now = new Date('2026-11-22T05:00:00Z');
    const record = demoContent(now).records.find(({ documents }) =>
      documents.some(({ documentNumber }) => documentNumber === person.documentNumber),
    )!;
    const { primaryIdentifier, secondaryIdentifier, dateOfBirth, documentNumber } = person;
    const holder = {
      issuingState: 'UTO',
      nationality: 'UTO',
      documentNumber,
      primaryIdentifier,
      secondaryIdentifier,
      nameMayBeTruncated: false,
      dateOfBirth,
    };
    expect(
      comparePerson({ person: record.person, document: record.documents[0]! }, holder),
    ).toEqual({
      agree: true,
      differences: [],
      notes: [],
    });
    expect(record.visa?.number).toBe(person.visaNumber);
  },
);
