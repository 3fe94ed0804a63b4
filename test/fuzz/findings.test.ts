import { describe, expect, it } from 'vitest';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import { everyNode, treeOf, withReplaced } from './mutators/element-tree.ts';
import { readSeed } from './seeds/read-seeds.ts';

/** What fuzzing found, mended: each finding by the rule that it broke, so that it stays mended with other keys too. */
describe('a SOD', () => {
  it('whose signer is named by an attribute with two values is refused: no signature covers that name', () => {
    const sod = readSeed('sod-rsa');
    expect(parseSecurityObject(sod).dataGroups.size).toBeGreaterThan(2);
    // Utopia's CSCA in the signer's identifier, which stands after the certificate.
    const texts = everyNode(treeOf(sod)).filter(({ start }) => sod[start] === 0x0c);
    const last = texts.at(-1)!;
    const value = sod.subarray(last.start, last.end);
    const twice = withReplaced(sod, treeOf(sod), last, Buffer.concat([value, value]));
    expect(() => parseSecurityObject(twice)).toThrow('bad_name');
  });
});
