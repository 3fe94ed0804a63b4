import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { certificateSubjectIs, parseCertificate } from '../../src/oidc/client-certificate.ts';
import { makeCertificate } from './client-certificates.ts';

const made = makeCertificate({
  name: [
    ['C', 'TH'],
    ['O', 'Lands, Forests and "Water"'],
    ['CN', 'ที่ดิน + api'],
  ],
  alternative: [
    { tag: 'dns', value: 'api.lands.example' },
    { tag: 'dns', value: 'a.example, DNS:evil.example' },
    { tag: 'uri', value: 'https://lands.example/service' },
    { tag: 'email', value: 'api@lands.example' },
    { tag: 'ip', value: '203.0.113.7' },
  ],
});
const certificate = new X509Certificate(made.der);

describe('a certificate in a header', () => {
  const base64 = made.der.toString('base64');
  it.each([
    ['by RFC 9440', `:${base64}:`],
    ['as PEM escaped for URLs, as nginx does', encodeURIComponent(made.pem)],
    ['as PEM in one line', made.pem.replaceAll('\n', ' ')],
    ['as base64', base64],
  ])('is read %s', (_what, value) => {
    expect(parseCertificate(value)?.fingerprint256).toBe(certificate.fingerprint256);
  });

  it.each([
    ['nothing', ''],
    ['two of them', `:${base64}:, :${base64}:`],
    ['words', 'SUCCESS'],
    ['a broken escape', '%E0%A4%A'],
    ['half of it', `:${base64.slice(0, 200)}:`],
    ['a key', encodeURIComponent(made.keyPem)],
    ['a megabyte', 'A'.repeat(1_000_000)],
    ['a list', [base64]],
    ['nothing at all', undefined],
  ])('that is %s is none', (_what, value) => {
    expect(parseCertificate(value)).toBeUndefined();
  });
});

it.each([
  ['tls_client_auth_subject_dn', 'CN=ที่ดิน \\+ api,O=Lands\\, Forests and \\"Water\\",C=TH', true],
  [
    'tls_client_auth_subject_dn',
    'cn=ที่ดิน \\2B api, o=Lands\\2C Forests and \\22Water\\22, c=TH',
    true,
  ],
  ['tls_client_auth_subject_dn', 'C=TH,O=Lands\\, Forests and \\"Water\\",CN=ที่ดิน \\+ api', false],
  ['tls_client_auth_subject_dn', 'CN=ที่ดิน \\+ api,O=Lands', false],
  ['tls_client_auth_subject_dn', 'CN=ที่ดิน \\+ api', false],
  ['tls_client_auth_subject_dn', 'C=TH', false],
  ['tls_client_auth_subject_dn', '', false],
  ['tls_client_auth_subject_dn', 'CN', false],
  ['tls_client_auth_subject_dn', 'CN=\\', false],
  ['tls_client_auth_san_dns', 'api.lands.example', true],
  ['tls_client_auth_san_dns', 'API.lands.example', true],
  ['tls_client_auth_san_dns', 'lands.example', false],
  ['tls_client_auth_san_dns', '*.lands.example', false],
  ['tls_client_auth_san_dns', 'evil.example', false],
  ['tls_client_auth_san_dns', 'a.example', false],
  ['tls_client_auth_san_uri', 'https://lands.example/service', true],
  ['tls_client_auth_san_uri', 'https://lands.example/', false],
  ['tls_client_auth_san_email', 'api@lands.example', true],
  ['tls_client_auth_san_email', 'API@lands.example', false],
  ['tls_client_auth_san_ip', '203.0.113.7', true],
  ['tls_client_auth_san_ip', '203.0.113.70', false],
  ['tls_client_auth_san_ip', '', false],
  ['constructor', 'x', false],
])('compares %s with %j: %s', (property, expected, outcome) => {
  expect(certificateSubjectIs(certificate, property, expected)).toBe(outcome);
});

it('believes no header unless told from whom', () => {
  const faults = (env: Record<string, string>) => {
    const read = readConfig({ NODE_ENV: 'test', ...env });
    return read.ok ? [] : read.faults.map(({ name }) => name);
  };
  expect(faults({ MTLS_HEADER: 'Client-Cert' })).toEqual(['TRUSTED_PROXY_NETWORKS']);
  expect(faults({ MTLS_HEADER: 'Client-Cert', TRUSTED_PROXY_NETWORKS: 'any' })).toEqual([
    'TRUSTED_PROXY_NETWORKS',
  ]);
  expect(faults({ MTLS_HEADER: 'a b', TRUSTED_PROXY_NETWORKS: '::1' })).toEqual(['MTLS_HEADER']);
  for (const wrong of ['10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '10.0.0', 'fd00::/129', ''])
    expect([wrong, faults({ MTLS_HEADER: 'x', TRUSTED_PROXY_NETWORKS: wrong })]).toEqual([
      wrong,
      ['TRUSTED_PROXY_NETWORKS'],
    ]);
  expect(faults({ MTLS_VERIFIED_HEADER: 'x' })).toEqual(['MTLS_HEADER']);
  expect(faults({ TLS_CERT: 'x' })).toEqual(['TLS_KEY']);
  expect(faults({ MTLS_HEADER: 'x', TRUSTED_PROXY_NETWORKS: '10.0.0.7, fd00::/8' })).toEqual([]);
});
