import { z } from 'zod';

const BY_NUMBER = new Set(['127.0.0.1', '[::1]']);
const LOOPBACK = new Set(['localhost', ...BY_NUMBER]);

/** What an address of a service may be. */
export interface AddressRules {
  /** Outside production services may live on loopback http, for trying things out. */
  sandbox: boolean;
}

/**
 * An address that a browser is sent to: absolute, https, no fragment, no user name, spelled as the URL parser
 * spells it (so that comparing strings is comparing addresses). Plain http only on loopback, in the sandbox.
 */
export function browserAddress(rules: AddressRules) {
  return checked((value) => addressFault(value, rules));
}

/**
 * An address of an app on the person's own device (RFC 8252 §7): https claimed by the app, http on loopback by
 * number (the port may differ at each request), or a scheme of the app's own in reverse domain notation.
 */
export function nativeAddress(rules: AddressRules) {
  return checked((value) => {
    if (value.startsWith('https:')) return addressFault(value, rules);
    if (value.startsWith('http:'))
      return BY_NUMBER.has(URL.parse(value)?.hostname ?? '')
        ? addressFault(value, { sandbox: true })
        : 'must be 127.0.0.1 or [::1] where it is http: a name can be led elsewhere (RFC 8252 §8.3)';
    if (!/^[a-z][a-z0-9]*(?:\.[a-z0-9-]+)+:\/[\w.~/-]*$/.test(value))
      return 'must be https, loopback http, or a scheme such as com.example.app:/callback (RFC 8252 §7.1)';
    return null;
  });
}

/** An address that our own server calls. Whether it is a public one is looked at when it is called. */
export function serverAddress(rules: AddressRules) {
  return browserAddress(rules);
}

function checked(fault: (value: string) => string | null) {
  return z
    .string()
    .max(2000)
    .superRefine((value, ctx) => {
      const message = fault(value);
      if (message) ctx.addIssue({ code: 'custom', message });
    });
}

function addressFault(value: string, rules: AddressRules): string | null {
  const url = URL.parse(value);
  if (!url || !/^https?:\/\//.test(value)) return 'must be an absolute https address';
  if (value.includes('#')) return 'must not have a fragment';
  if (value.includes('*')) return 'must be exact: no wildcards';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name';
  if (url.href !== value && url.href !== `${value}/`) return `must be spelled ${url.href}`;
  if (url.protocol === 'https:') return null;
  if (rules.sandbox && LOOPBACK.has(url.hostname)) return null;
  return 'must be https (plain http only on loopback, outside production)';
}
