import { expectTag, oidOf, sequenceOf, Tag } from './asn1-values.ts';
import { childrenOf, type Element } from './ber.ts';
import { malformed } from './format-refusal.ts';
import { readFileTemplate } from './lds.ts';

/** One SecurityInfo (Doc 9303-11 §9.2): which protocol, and two fields that it alone explains. */
export interface SecurityInfo {
  oid: string;
  required: Element | undefined;
  optional: Element | undefined;
}

/** Chips have a handful. Each may hold a key whose import costs more than all the rest of a file. */
const MAX_INFOS = 64;

/** DG14, SecurityInfos (Doc 9303-11 §9.2). */
export function readSecurityInfos(dg14: Buffer): SecurityInfo[] {
  const [set, ...rest] = childrenOf(readFileTemplate('DG14', dg14));
  if (rest.length > 0) throw malformed('bad_dg14');
  const infos = childrenOf(expectTag(set, Tag.set, 'bad_dg14'));
  if (infos.length > MAX_INFOS) throw malformed('too_many_security_infos');
  return infos.map((info) => {
    const [type, required, optional] = sequenceOf(info, 'bad_dg14');
    return { oid: oidOf(type), required, optional };
  });
}
