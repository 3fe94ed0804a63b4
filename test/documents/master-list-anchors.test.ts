import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { derInteger, derSequence } from '../../src/documents/der-writer.ts';
import {
  extendTrust,
  isSignedBy,
  readListedAnchors,
  runSteps,
} from '../../src/documents/master-list-anchors.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { certificate, csca, fingerprint, link, newKey, type Identity } from './master-list-pki.ts';
import { vector, vectorsAreHere } from './vectors.ts';

const read = (...certificates: Buffer[]) => runSteps(readListedAnchors(certificates));
const parsed = (...identities: Identity[]) =>
  identities.map((identity) => parseCertificate(identity.certificate));
const extend = (trusted: Identity[], candidates: Identity[]) =>
  runSteps(extendTrust({ trusted: parsed(...trusted), candidates: parsed(...candidates) }));

describe('the certificates of a list', () => {
  const first = csca('BB');
  const second = csca('BB');
  const linked = link(first, second);

  it('are told apart by their signature: a link that names itself as issuer is not self-signed', () => {
    const { anchors, refused } = read(first.certificate, linked.certificate);
    expect(refused).toEqual([]);
    expect(anchors.map(({ selfSigned }) => selfSigned)).toEqual([true, false]);
    const [, linkCertificate] = anchors.map((anchor) => anchor.certificate);
    expect(linkCertificate!.issuer.raw).toEqual(linkCertificate!.subject.raw);
  });

  const signer = certificate({ country: 'BB', name: 'DS', kind: 'document_signer', issuer: first });
  const stateless = csca('');
  const forgedKey = certificate({
    country: 'BB',
    name: 'Forged',
    kind: 'csca',
    publicKeyInfo: derSequence(derSequence(derInteger(1)), derInteger(2)),
  });
  it.each([
    ['what is no certificate', derSequence(derInteger(7)), null, 'bad_certificate'],
    ['a document signer', signer.certificate, 'BB', 'not_a_ca'],
    ['one that names no state', stateless.certificate, null, 'names_no_state'],
    ['one whose key we do not take', forgedKey.certificate, 'BB', 'bad_public_key'],
  ])('refuses %s by name and keeps the others', (_what, bad, country, reason) => {
    const { anchors, refused } = read(first.certificate, bad, second.certificate);
    expect(anchors.map((anchor) => anchor.certificate.raw)).toEqual([
      first.certificate,
      second.certificate,
    ]);
    expect(refused).toEqual([{ position: 1, sha256: fingerprint(bad), country, reason }]);
  });

  it('are counted once each, and those that stand twice are named', () => {
    const { anchors, duplicates } = read(first.certificate, linked.certificate, first.certificate);
    expect(anchors).toHaveLength(2);
    expect(duplicates).toEqual([fingerprint(first.certificate)]);
  });
});

describe('trust carried on by link certificates', () => {
  const keys = [csca('BB'), csca('BB'), csca('BB'), csca('BB')] as const;
  const links = [link(keys[0], keys[1]), link(keys[1], keys[2]), link(keys[2], keys[3])];

  it('goes from key to key, whatever the order of the list', () => {
    for (const candidates of [links, links.toReversed()]) {
      expect([...extend([keys[0]], candidates).keys()]).toEqual(
        links.map((one) => fingerprint(one.certificate)),
      );
    }
  });

  it('names for each the certificate whose key signed it', () => {
    const found = extend([keys[0]], links);
    expect(found.get(fingerprint(links[1]!.certificate))).toBe(fingerprint(links[0]!.certificate));
  });

  it('does not begin without a trusted key: a whole chain of strangers stays outside', () => {
    expect(extend([csca('BB')], links).size).toBe(0);
    expect(extend([], links).size).toBe(0);
    expect(extend([keys[0]], links.slice(1)).size).toBe(0);
  });

  it('is not fooled by the right names and key identifiers over a wrong signature', () => {
    const impostor = { ...keys[0], key: newKey() };
    const forged = link(impostor, keys[1]);
    expect(extend([keys[0]], [forged]).size).toBe(0);
  });

  it('does not cross to a state that the link does not name as its issuer', () => {
    const other = link({ ...keys[0], country: 'CC' }, keys[1]);
    expect(extend([keys[0]], [other]).size).toBe(0);
  });
});

describe.skipIf(!vectorsAreHere)('the published lists of Germany and the Netherlands', () => {
  const certificatesOf = (name: string) =>
    vectorsAreHere ? parseMasterList(vector(`masterlists/${name}`)).certificates : [];
  const german = certificatesOf('DE_ML_2026-05-28.ml');
  const dutch = certificatesOf('NL_ML_2026-07-22.ml');
  const countries = (list: readonly Buffer[]) =>
    new Set(read(...list).anchors.map(({ country }) => country)).size;

  it('hold 588 certificates of 112 states and 411 of 129, none refused', () => {
    expect([german.length, countries(german)]).toEqual([588, 112]);
    expect([dutch.length, countries(dutch)]).toEqual([411, 129]);
    expect(read(...german, ...dutch).refused).toEqual([]);
  });

  it('together: 627 certificates, 414 self-signed, 202 links, 11 orphans', () => {
    const { anchors } = read(...german, ...dutch);
    const own = anchors.filter(({ selfSigned }) => selfSigned).map((one) => one.certificate);
    const rest = anchors.filter(({ selfSigned }) => !selfSigned).map((one) => one.certificate);
    const links = runSteps(extendTrust({ trusted: own, candidates: rest }));
    expect([anchors.length, own.length, links.size, rest.length - links.size]).toEqual([
      627, 414, 202, 11,
    ]);
    const byName = new Map(anchors.map(({ certificate: one }) => [one.fingerprint, one]));
    for (const [linked, issuer] of links) {
      expect(isSignedBy(byName.get(linked)!, byName.get(issuer)!)).toBe(true);
    }
  });

  it('Indonesia: two link certificates carry trust from the key of 2010 to that of 2020', () => {
    const [root, ...links] = ['2010-12_CSCA', '2016-01_CSCA_LINK', '2020-10_CSCA_LINK'].map(
      (name) => parseCertificate(vector(`masterlists/roots/IDN_${name}.cer`)),
    );
    const found = runSteps(extendTrust({ trusted: [root!], candidates: links.toReversed() }));
    expect([...found]).toEqual([
      [links[0]!.fingerprint, root!.fingerprint],
      [links[1]!.fingerprint, links[0]!.fingerprint],
    ]);
    expect(runSteps(extendTrust({ trusted: [root!], candidates: [links[1]!] })).size).toBe(0);
  });
});
