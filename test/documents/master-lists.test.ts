import { describe, expect, it } from 'vitest';
import { der, derInteger, derOctets, derSequence } from '../../src/documents/der-writer.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { MAX_MASTER_LIST_BYTES, parseMasterList } from '../../src/documents/master-lists.ts';
import { threadCpuMs } from './cpu-time.ts';
import {
  certificate,
  csca,
  LIST_SIGNER,
  listingState,
  listOf,
  newKey,
  type ListWish,
} from './master-list-pki.ts';

const state = listingState('AA');
const [bb, cc] = [csca('BB'), csca('CC')];
const good = listOf(state, [bb, cc]);

function refusalOf(bytes: Buffer): string {
  try {
    parseMasterList(bytes);
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return refusal.reason;
    throw refusal;
  }
  return 'accepted';
}

describe('reading a master list', () => {
  it('gives the certificates exactly as they were listed, the signer, and when it signed', () => {
    const signedAt = new Date('2026-05-28T06:28:45Z');
    const list = parseMasterList(listOf(state, [cc, bb], { signedAt }));
    expect(list.certificates).toEqual([cc.certificate, bb.certificate]);
    expect(list.signer.raw).toEqual(state.signer.certificate);
    expect(list.signingTime).toBe(signedAt.getTime());
  });

  const wrongSigner = (extendedKeyUsage: string | null) =>
    certificate({
      country: 'AA',
      name: 'Other signer',
      kind: 'list_signer',
      issuer: state.root,
      extendedKeyUsage,
    });
  const bads: [string, Partial<ListWish>, string][] = [
    ['is signed by another key than its signer', { key: newKey() }, 'signature_wrong'],
    ['has a signer for TLS', { signer: wrongSigner('1.3.6.1.5.5.7.3.1') }, 'not_a_list_signer'],
    ['has a signer for no stated purpose', { signer: wrongSigner(null) }, 'not_a_list_signer'],
    ['is signed by a CSCA itself', { signer: state.root }, 'not_a_list_signer'],
    ['is a security object', { contentType: '2.23.136.1.1.1' }, 'not_a_master_list'],
    ['is a deviation list', { contentType: '2.23.136.1.1.7' }, 'not_a_master_list'],
    ['has bytes behind its certificates', { contentTail: Buffer.from([5, 0]) }, 'trailing_bytes'],
  ];
  it.each(bads)('refuses a list that %s', (_what, changes, reason) => {
    expect(refusalOf(listOf(state, [bb], changes))).toBe(reason);
  });

  it('refuses bytes behind the list, a cut list, and what is no list', () => {
    expect(refusalOf(Buffer.concat([good, Buffer.from([0])]))).toBe('trailing_bytes');
    expect(refusalOf(good.subarray(0, -1))).toBe('length_past_end');
    expect(refusalOf(Buffer.alloc(0))).toBe('truncated');
    expect(refusalOf(bb.certificate)).not.toBe('accepted');
  });

  it('refuses every list with one bit changed, or reads the same certificates from it', () => {
    for (let at = 0; at < good.length; at++) {
      const altered = Buffer.from(good);
      altered[at]! ^= 1 << (at % 8);
      try {
        const list = parseMasterList(altered);
        // Only the embedded signer's certificate is not under the list's signature; the chain to the root is.
        expect(list.certificates).toEqual([bb.certificate, cc.certificate]);
        expect(list.signer.raw).not.toEqual(state.signer.certificate);
      } catch (refusal) {
        expect(refusal).toBeInstanceOf(FormatRefusal);
      }
    }
  });

  it('names the list-signer usage by its identifier', () => {
    expect(parseMasterList(good).signer.extensions.extendedKeyUsage).toEqual([LIST_SIGNER]);
  });
});

describe('lists made to exhaust the reader', () => {
  const quickly = (bytes: Buffer): string => {
    const start = threadCpuMs();
    const reason = refusalOf(bytes);
    expect(threadCpuMs() - start).toBeLessThan(200);
    return reason;
  };

  it('refuses more than 2000 certificates, though well signed', () => {
    const many = Array.from({ length: 2001 }, () => der(0x30));
    expect(quickly(listOf(state, many))).toBe('too_many_certificates');
  });

  it('refuses more than 8 MiB before reading any of it', () => {
    expect(quickly(Buffer.alloc(MAX_MASTER_LIST_BYTES + 1))).toBe('master_list_too_large');
  });

  it('refuses nesting of 100,000 levels, a length of 4 GiB, a million elements', () => {
    const nested = Buffer.concat([
      ...Array.from({ length: 100_000 }, () => Buffer.from('3080', 'hex')),
      Buffer.alloc(200_000),
    ]);
    expect(quickly(nested)).toBe('nested_too_deep');
    expect(quickly(Buffer.from('3084ffffffff00', 'hex'))).toBe('length_past_end');
    const million = der(0x30, Buffer.alloc(2_000_000, Buffer.from('0500', 'hex')));
    expect(quickly(million)).toBe('too_many_elements');
  });

  it('throws nothing but its own refusal for random and half-random bytes', () => {
    let seed = 1;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(good.subarray(0, 64 + (next() % (good.length - 64))));
      for (let change = next() % 6; change >= 0; change--)
        bytes[next() % bytes.length] = next() % 256;
      expect(refusalOf(bytes)).toEqual(expect.any(String));
    }
    const empty = derSequence(derInteger(0), derOctets(Buffer.alloc(0)));
    expect(refusalOf(empty)).not.toBe('accepted');
  });
});
