import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { judgeListSigner } from '../../src/documents/master-list-signer.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { threadCpuMs } from './cpu-time.ts';
import {
  certificate,
  csca,
  link,
  listingState,
  listOf,
  type CertificateWish,
  type Identity,
} from './master-list-pki.ts';

const now = new Date('2026-11-22T12:00:00Z');
const state = listingState('AA');
const listed = [csca('BB')];

function judge(list: Buffer, root: Identity, at = now) {
  return judgeListSigner({
    list: parseMasterList(list),
    root: parseCertificate(root.certificate),
    now: at,
  });
}

function signedBy(changes: Partial<CertificateWish>, signedAt?: Date): Buffer {
  const signer = certificate({
    country: 'AA',
    name: 'Signer',
    kind: 'list_signer',
    issuer: state.root,
    ...changes,
  });
  return listOf({ root: state.root, signer }, listed, signedAt === undefined ? {} : { signedAt });
}

describe('whether a list signer stands under the pinned root', () => {
  it('accepts the signer that the root signed, and says by which way', () => {
    const result = judge(listOf(state, listed), state.root);
    expect(result.ok && result.path.map(({ raw }) => raw)).toEqual([state.root.certificate]);
  });

  it('refuses it under another root, even one of the same state and name', () => {
    expect(judge(listOf(state, listed), csca('AA'))).toEqual({
      ok: false,
      reason: 'signer_not_under_root',
    });
  });

  it('is not persuaded by the signer’s own root in the envelope or in the list', () => {
    const list = listOf(state, [...listed, state.root], { enclosed: [state.root.certificate] });
    expect(judge(list, csca('AA')).ok).toBe(false);
  });

  const later = (days: number) => new Date(now.getTime() + days * 24 * 3600 * 1000);
  it.each([
    ['of another state', { country: 'BB' }, undefined, 'signer_of_another_state'],
    ['that expired', { notAfter: later(-1) }, undefined, 'signer_not_valid_today'],
    ['not valid yet', { notBefore: later(1) }, undefined, 'signer_not_valid_today'],
    [
      'that signed before it was valid',
      { notBefore: later(-9) },
      later(-10),
      'signer_not_valid_at_signing',
    ],
    ['that signed in the future', {}, later(2), 'signed_in_the_future'],
    [
      'that is a CA',
      { kind: 'csca', extendedKeyUsage: '2.23.136.1.1.3' },
      undefined,
      'signer_is_a_ca',
    ],
  ] as const)('refuses a signer %s', (_what, changes, signedAt, reason) => {
    expect(judge(signedBy(changes, signedAt), state.root)).toEqual({ ok: false, reason });
  });

  it('refuses a pinned root that is no CA or not valid today', () => {
    const list = listOf(state, listed);
    expect(judge(list, state.signer)).toEqual({ ok: false, reason: 'root_is_no_ca' });
    const at = new Date('2041-01-01T00:00:00Z');
    expect(judge(list, state.root, at)).toEqual({ ok: false, reason: 'root_not_valid_today' });
  });
});

describe('a state that changed its key since the root was pinned', () => {
  const second = csca('AA');
  const third = csca('AA');
  const signer = certificate({ country: 'AA', name: 'Signer', kind: 'list_signer', issuer: third });
  const links = [link(state.root, second), link(second, third)];
  const list = (certificates: readonly Identity[], enclosed: readonly Identity[] = []) =>
    listOf({ root: third, signer }, certificates, {
      enclosed: enclosed.map((one) => one.certificate),
    });

  it.each([
    ['the envelope', list(listed, links)],
    ['the list', list([...listed, ...links, second, third])],
  ])('follows link certificates in %s, all of one name', (_where, bytes) => {
    const result = judge(bytes, state.root);
    expect(result.ok && result.path.map(({ raw }) => raw)).toEqual(
      [state.root, ...links].map((one) => one.certificate),
    );
  });

  it('refuses the way where one link is missing, or only claims the root’s name', () => {
    expect(judge(list([...listed, links[1]!]), state.root).ok).toBe(false);
    const forged = link(csca('AA'), second);
    expect(judge(list([...listed, forged, links[1]!]), state.root).ok).toBe(false);
  });

  it.each([
    ['under the same key', () => link(third, third)],
    ['under one key and name', () => certificate({ ...third, kind: 'csca', issuer: state.root })],
    ['that lead in a circle', () => link(second, third)],
  ])('gives up on a list of 600 certificates %s, made to be tried', (_what, decoy) => {
    const bytes = list([...listed, link(third, second), ...Array.from({ length: 600 }, decoy)]);
    const start = threadCpuMs();
    expect(judge(bytes, csca('AA')).ok).toBe(false);
    expect(threadCpuMs() - start).toBeLessThan(200);
  });
});
