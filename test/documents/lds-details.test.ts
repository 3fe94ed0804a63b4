import { describe, expect, it } from 'vitest';
import { der } from '../../src/documents/der-writer.ts';
import { readDocumentDetails } from '../../src/documents/lds.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { anna, now, trust, withFile } from './sandbox-chips.ts';
import { vector, vectorsAreHere } from './vectors.ts';

const dg12 = (...fields: Buffer[]) =>
  der(0x6c, der(0x5c, Buffer.from('5f195f26', 'hex')), ...fields);
const authority = der(0x5f19, Buffer.from('PASSPORT<OFFICE<BANGKOK'));
const issued = der(0x5f26, Buffer.from('20190402'));

describe('DG12 (Doc 9303-10 §4.7.12)', () => {
  it('tells who issued the document and when, by text or by BCD', () => {
    const details = { issuingAuthority: 'PASSPORT OFFICE BANGKOK', dateOfIssue: '2019-04-02' };
    expect(readDocumentDetails(dg12(authority, issued))).toEqual(details);
    const bcd = der(0x5f26, Buffer.from('20190402', 'hex'));
    expect(readDocumentDetails(dg12(authority, bcd))).toEqual(details);
    expect(readDocumentDetails(dg12())).toEqual({});
  });

  it.each([
    ['a date that no calendar has', dg12(der(0x5f26, Buffer.from('20190231'))), 'bad_date'],
    ['a field twice', dg12(issued, issued), 'duplicate_field'],
    ['text that is not UTF-8', dg12(der(0x5f19, Buffer.from([0xff]))), 'text_not_utf8'],
    ['text without end', dg12(der(0x5f19, Buffer.alloc(5000, 0x41))), 'text_too_long'],
    ['another file’s tag', der(0x6b, issued), 'wrong_file_tag'],
  ])('is refused with %s', (_what, bytes, reason) => {
    expect(() => readDocumentDetails(bytes)).toThrow(reason);
  });

  it('stands in the document of a verdict, and a bad one rejects', () => {
    const judged = (bytes: Buffer) => {
      const { files } = withFile(anna, 'DG12', bytes);
      return verifyChip({ files, now, ...trust });
    };
    expect(judged(dg12(authority, issued)).document).toMatchObject({ dateOfIssue: '2019-04-02' });
    const bad = judged(dg12(issued, issued));
    expect(bad.checks.find(({ name }) => name === 'files_well_formed')).toMatchObject({
      outcome: 'failed',
      reason: 'duplicate_field',
      dataGroups: ['DG12'],
    });
  });

  it.skipIf(!vectorsAreHere)('of a French document is read', () => {
    const details = readDocumentDetails(vector('dgs/DG12_FR.bin'));
    expect(details.dateOfIssue).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
