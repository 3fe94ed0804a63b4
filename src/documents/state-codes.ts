/**
 * State codes: what a machine-readable zone writes (Doc 9303-3 §5) against what certificates write (Doc 9303-12 §7.1,
 * ISO 3166-1 alpha-2 in practice). One table for DG1 issuing state, document signer country and CSCA country.
 */
const ISO_3166 =
  'ABW:AW AFG:AF AGO:AO AIA:AI ALA:AX ALB:AL AND:AD ARE:AE ARG:AR ARM:AM ASM:AS ATA:AQ ATF:TF ' +
  'ATG:AG AUS:AU AUT:AT AZE:AZ BDI:BI BEL:BE BEN:BJ BES:BQ BFA:BF BGD:BD BGR:BG BHR:BH BHS:BS ' +
  'BIH:BA BLM:BL BLR:BY BLZ:BZ BMU:BM BOL:BO BRA:BR BRB:BB BRN:BN BTN:BT BVT:BV BWA:BW CAF:CF ' +
  'CAN:CA CCK:CC CHE:CH CHL:CL CHN:CN CIV:CI CMR:CM COD:CD COG:CG COK:CK COL:CO COM:KM CPV:CV ' +
  'CRI:CR CUB:CU CUW:CW CXR:CX CYM:KY CYP:CY CZE:CZ DEU:DE DJI:DJ DMA:DM DNK:DK DOM:DO DZA:DZ ' +
  'ECU:EC EGY:EG ERI:ER ESH:EH ESP:ES EST:EE ETH:ET FIN:FI FJI:FJ FLK:FK FRA:FR FRO:FO FSM:FM ' +
  'GAB:GA GBR:GB GEO:GE GGY:GG GHA:GH GIB:GI GIN:GN GLP:GP GMB:GM GNB:GW GNQ:GQ GRC:GR GRD:GD ' +
  'GRL:GL GTM:GT GUF:GF GUM:GU GUY:GY HKG:HK HMD:HM HND:HN HRV:HR HTI:HT HUN:HU IDN:ID IMN:IM ' +
  'IND:IN IOT:IO IRL:IE IRN:IR IRQ:IQ ISL:IS ISR:IL ITA:IT JAM:JM JEY:JE JOR:JO JPN:JP KAZ:KZ ' +
  'KEN:KE KGZ:KG KHM:KH KIR:KI KNA:KN KOR:KR KWT:KW LAO:LA LBN:LB LBR:LR LBY:LY LCA:LC LIE:LI ' +
  'LKA:LK LSO:LS LTU:LT LUX:LU LVA:LV MAC:MO MAF:MF MAR:MA MCO:MC MDA:MD MDG:MG MDV:MV MEX:MX ' +
  'MHL:MH MKD:MK MLI:ML MLT:MT MMR:MM MNE:ME MNG:MN MNP:MP MOZ:MZ MRT:MR MSR:MS MTQ:MQ MUS:MU ' +
  'MWI:MW MYS:MY MYT:YT NAM:NA NCL:NC NER:NE NFK:NF NGA:NG NIC:NI NIU:NU NLD:NL NOR:NO NPL:NP ' +
  'NRU:NR NZL:NZ OMN:OM PAK:PK PAN:PA PCN:PN PER:PE PHL:PH PLW:PW PNG:PG POL:PL PRI:PR PRK:KP ' +
  'PRT:PT PRY:PY PSE:PS PYF:PF QAT:QA REU:RE ROU:RO RUS:RU RWA:RW SAU:SA SDN:SD SEN:SN SGP:SG ' +
  'SGS:GS SHN:SH SJM:SJ SLB:SB SLE:SL SLV:SV SMR:SM SOM:SO SPM:PM SRB:RS SSD:SS STP:ST SUR:SR ' +
  'SVK:SK SVN:SI SWE:SE SWZ:SZ SXM:SX SYC:SC SYR:SY TCA:TC TCD:TD TGO:TG THA:TH TJK:TJ TKL:TK ' +
  'TKM:TM TLS:TL TON:TO TTO:TT TUN:TN TUR:TR TUV:TV TWN:TW TZA:TZ UGA:UG UKR:UA UMI:UM URY:UY ' +
  'USA:US UZB:UZ VAT:VA VCT:VC VEN:VE VGB:VG VIR:VI VNM:VN VUT:VU WLF:WF WSM:WS YEM:YE ZAF:ZA ' +
  'ZMB:ZM ZWE:ZW';

/**
 * Codes of Doc 9303-3 §5 Parts B to D and codes in use that ISO 3166-1 lacks. The value lists every country code that a
 * certificate of that issuer is known to carry, or may carry by the standard.
 */
const SPECIAL_ISSUERS: Readonly<Record<string, readonly string[]>> = {
  D: ['DE'],
  EUE: ['EU'],
  GBD: ['GB'],
  GBN: ['GB'],
  GBO: ['GB'],
  GBP: ['GB'],
  GBS: ['GB'],
  HKG: ['CN', 'HK'],
  IAO: ['UN', 'IAO'],
  MAC: ['CN', 'MO'],
  RKS: ['KS', 'XK', 'RKS'],
  UNA: ['UN'],
  UNK: ['UN', 'UNK'],
  UNO: ['UN'],
  XBA: ['XBA'],
  XCC: ['XCC'],
  XCE: ['XCE'],
  XCO: ['XCO'],
  XEC: ['XEC'],
  XIM: ['XIM'],
  XMP: ['XMP'],
  XOM: ['XOM', 'XO', 'XM'],
  XPO: ['XPO', 'XP'],
  XES: ['XES'],
  XDC: ['XDC'],
};

/** Codes that stand for a person's nationality and never for an issuer (Doc 9303-3 §5 Part D). */
const NATIONALITY_ONLY = new Set(['XXA', 'XXB', 'XXC', 'XXX']);

/** "Utopia", the specimen state of Doc 9303. */
const SPECIMEN = { code: 'UTO', country: 'UT' };

const issuers = new Map<string, readonly string[]>([
  ...ISO_3166.split(' ').map((pair): [string, readonly string[]] => [
    pair.slice(0, 3),
    [pair.slice(4)],
  ]),
  ...Object.entries(SPECIAL_ISSUERS),
]);

export interface StateCodeOptions {
  specimenStates: boolean;
}

/** The certificate country codes of an issuing state, or null where the code names no issuer that we know. */
export function certificateCountriesOf(
  issuingState: string,
  options: StateCodeOptions,
): readonly string[] | null {
  if (issuingState === SPECIMEN.code) return options.specimenStates ? [SPECIMEN.country] : null;
  return issuers.get(issuingState) ?? null;
}

/** The codes above by their three octets in a zone. */
const codesInZones = new Map(
  [...issuers.keys(), ...NATIONALITY_ONLY, SPECIMEN.code].map((code) => {
    const field = Buffer.from(code.padEnd(3, '<'));
    return [field.readUIntBE(0, 3), code] as const;
  }),
);

/** The code in the table whose field starts at this octet of a zone; undefined for any other. */
export function stateCodeAt(codes: Uint8Array, at: number): string | undefined {
  return codesInZones.get((codes[at]! << 16) | (codes[at + 1]! << 8) | codes[at + 2]!);
}

/** Whether a code may stand as nationality in a machine-readable zone. */
export function isNationality(code: string, options: StateCodeOptions): boolean {
  if (NATIONALITY_ONLY.has(code)) return true;
  return certificateCountriesOf(code, options) !== null;
}

/** One country: certificates write it in either case (`de`, `DE`; Doc 9303-12 asks for upper case). */
export function sameCountry(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}
