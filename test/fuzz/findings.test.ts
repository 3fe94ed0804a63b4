import { describe, expect, it } from 'vitest';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import { missingSignerOf } from '../../src/documents/signer-reference.ts';
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

  it('whose version information is empty is refused, not tripped over', () => {
    const sod = readSeed('sod-rsa');
    const nodes = everyNode(treeOf(sod));
    const version = nodes.find(({ children }) => {
      const first = children[0];
      return (
        first !== undefined && sod.toString('latin1', first.contentStart, first.end) === '0107'
      );
    })!;
    const empty = withReplaced(sod, treeOf(sod), version, Buffer.of(0x30, 0));
    expect(() => parseSecurityObject(empty)).toThrow('bad_security_object');
    expect(missingSignerOf(empty)).toBeNull();
  });
});
