import { childrenOf, contentOf, rawOf } from './ber.ts';
import { oidOf, smallIntegerOf } from './asn1-values.ts';
import { malformed, unsupported } from './format-refusal.ts';
import { readFileTemplate } from './lds.ts';
import { publicKeyOf, type PublicKey } from './public-keys.ts';
import { readSecurityInfos } from './security-infos.ts';
import { ecdsaHashOfOid, type HashName } from './signature-algorithms.ts';

const ACTIVE_AUTHENTICATION = '2.23.136.1.1.5';
const CHIP_AUTHENTICATION_KEY = '0.4.0.127.0.7.2.2.1.';

export interface ChipSecurity {
  /** Hash of an ECDSA chip key (Doc 9303-11 §9.2.4). */
  activeAuthenticationHash?: HashName;
  /** The chip can prove itself by chip authentication too. */
  hasChipAuthenticationKey: boolean;
}

/** DG14, SecurityInfos (Doc 9303-11 §9.2). Infos that we do not know are passed over, as the clause asks. */
export function readChipSecurity(bytes: Buffer): ChipSecurity {
  const security: ChipSecurity = { hasChipAuthenticationKey: false };
  for (const { oid, required, optional: algorithm } of readSecurityInfos(bytes)) {
    if (oid.startsWith(CHIP_AUTHENTICATION_KEY)) security.hasChipAuthenticationKey = true;
    if (oid !== ACTIVE_AUTHENTICATION) continue;
    if (smallIntegerOf(required) !== 1) throw unsupported('unsupported_active_authentication');
    const hash = ecdsaHashOfOid(oidOf(algorithm));
    if (hash === null) throw unsupported('unsupported_active_authentication');
    security.activeAuthenticationHash = hash;
  }
  return security;
}

/** DG15, the chip's public key (Doc 9303-10 §4.7.15). */
export function readActiveAuthenticationKey(bytes: Buffer): PublicKey {
  const template = readFileTemplate('DG15', bytes);
  const [key, ...rest] = childrenOf(template);
  if (key === undefined || rest.length > 0 || contentOf(template).length === 0) {
    throw malformed('bad_dg15');
  }
  return publicKeyOf(rawOf(key));
}
