/**
 * Visa classes as dated data. Used to name a class and to tell what it usually brings; the stay of a person rests on
 * what the register says of the admission, never on this table. No row has been reviewed by the Immigration Bureau.
 */
export interface VisaClassRule {
  /** As on the visa and in the register. */
  code: string;
  name: { en: string; th: string };
  /** The most days that one entry usually gives, the day of entry counted; null where it varies by holder. */
  stayPerEntryDays: number | null;
  entries: 'single' | 'multiple' | 'either';
  /** `with_permit`: a work permit is needed besides; `included`: the class brings it; `no`: none is given to it. */
  work: 'no' | 'with_permit' | 'included' | 'varies';
  /** How often the holder tells an address, in days of uninterrupted stay (Immigration Act s. 37(5)); null: never asked. */
  reportingIntervalDays: number | null;
  /** Visas issued from this day, `YYYY-MM-DD`. */
  effectiveFrom: string;
  /** The last day on which one was issued; null while it still is. */
  effectiveTo: string | null;
  source: string;
  confidence: 'high' | 'medium' | 'low';
  reviewed: boolean;
}

const ACT = 'Immigration Act B.E. 2522 (1979)';
const SEVEN = 'Department of Consular Affairs, seven non-immigrant classes from 31 August 2025';
const SEVEN_FROM = '2025-08-31';

const nonImmigrant = {
  stayPerEntryDays: 90,
  entries: 'either',
  reportingIntervalDays: 90,
  effectiveFrom: SEVEN_FROM,
  effectiveTo: null,
  source: SEVEN,
  confidence: 'medium',
  reviewed: false,
} as const;

/** One row a class and period; the periods of one class do not overlap (a test holds that). */
export const visaClassRules: readonly VisaClassRule[] = [
  {
    code: 'TR',
    name: { en: 'Tourist', th: 'ท่องเที่ยว' },
    stayPerEntryDays: 60,
    entries: 'either',
    work: 'no',
    reportingIntervalDays: 90,
    effectiveFrom: '1979-05-30',
    effectiveTo: null,
    source: `${ACT} s. 34(3), 35; 60 days is the usual grant, its first day not known to us`,
    confidence: 'medium',
    reviewed: false,
  },
  {
    code: 'TS',
    name: { en: 'Transit', th: 'เดินทางผ่านราชอาณาจักร' },
    stayPerEntryDays: 30,
    entries: 'either',
    work: 'no',
    reportingIntervalDays: null,
    effectiveFrom: '1979-05-30',
    effectiveTo: null,
    source: `${ACT} s. 34(5), 35`,
    confidence: 'medium',
    reviewed: false,
  },
  {
    ...nonImmigrant,
    code: 'F',
    name: { en: 'Non-immigrant, official', th: 'คนอยู่ชั่วคราว ราชการ' },
    work: 'varies',
  },
  {
    ...nonImmigrant,
    code: 'B',
    name: { en: 'Non-immigrant, business and work', th: 'คนอยู่ชั่วคราว ธุรกิจและการทำงาน' },
    work: 'with_permit',
  },
  {
    ...nonImmigrant,
    code: 'ED',
    name: { en: 'Non-immigrant, education', th: 'คนอยู่ชั่วคราว การศึกษา' },
    work: 'no',
  },
  {
    ...nonImmigrant,
    code: 'M',
    name: { en: 'Non-immigrant, mass media', th: 'คนอยู่ชั่วคราว สื่อมวลชน' },
    work: 'with_permit',
  },
  {
    ...nonImmigrant,
    code: 'O',
    name: { en: 'Non-immigrant, other purposes', th: 'คนอยู่ชั่วคราว วัตถุประสงค์อื่น' },
    work: 'varies',
  },
  {
    ...nonImmigrant,
    code: 'L-A',
    name: { en: 'Non-immigrant, labour', th: 'คนอยู่ชั่วคราว แรงงาน' },
    stayPerEntryDays: null,
    work: 'with_permit',
    confidence: 'low',
  },
  {
    ...nonImmigrant,
    code: 'O L-A',
    name: {
      en: 'Non-immigrant, other purposes with labour',
      th: 'คนอยู่ชั่วคราว วัตถุประสงค์อื่นร่วมกับแรงงาน',
    },
    stayPerEntryDays: null,
    work: 'varies',
    confidence: 'low',
  },
  {
    ...nonImmigrant,
    code: 'O-A',
    name: { en: 'Non-immigrant, long stay (1 year)', th: 'คนอยู่ชั่วคราว พำนักระยะยาว (1 ปี)' },
    stayPerEntryDays: 365,
    work: 'no',
    effectiveFrom: '1998-01-01',
    effectiveTo: '2025-08-30',
    source: `${SEVEN}: joined into O; its first day not known to us`,
    confidence: 'low',
  },
  {
    ...nonImmigrant,
    code: 'O-X',
    name: {
      en: 'Non-immigrant, long stay (5 years)',
      th: 'คนอยู่ชั่วคราว พำนักระยะยาว (5 ปี)',
    },
    stayPerEntryDays: 1826,
    work: 'no',
    effectiveFrom: '2017-01-01',
    effectiveTo: '2025-08-30',
    source: `${SEVEN}: joined into O; its first day not known to us`,
    confidence: 'low',
  },
  {
    code: 'LTR',
    name: { en: 'Long-term resident', th: 'ผู้พำนักระยะยาว (LTR)' },
    stayPerEntryDays: 1826,
    entries: 'multiple',
    work: 'varies',
    reportingIntervalDays: 365,
    effectiveFrom: '2022-09-01',
    effectiveTo: null,
    source: 'Board of Investment, Long-Term Resident visa programme',
    confidence: 'medium',
    reviewed: false,
  },
  {
    code: 'SMART',
    name: { en: 'SMART', th: 'สมาร์ทวีซ่า (SMART)' },
    stayPerEntryDays: null,
    entries: 'multiple',
    work: 'varies',
    reportingIntervalDays: 365,
    effectiveFrom: '2018-02-01',
    effectiveTo: null,
    source: 'Board of Investment, SMART visa programme; its classes were narrowed since',
    confidence: 'low',
    reviewed: false,
  },
  {
    code: 'DTV',
    name: { en: 'Destination Thailand', th: 'เดสติเนชันไทยแลนด์ (DTV)' },
    stayPerEntryDays: 180,
    entries: 'multiple',
    work: 'no',
    reportingIntervalDays: 90,
    effectiveFrom: '2024-07-15',
    effectiveTo: null,
    source: 'Ministry of Foreign Affairs, Destination Thailand Visa from 15 July 2024',
    confidence: 'medium',
    reviewed: false,
  },
];

/** The rule of a class for visas issued on a day, or null where we hold none. */
export function visaClassOn(code: string, issuedOn: string): VisaClassRule | null {
  return (
    visaClassRules.find(
      (rule) =>
        rule.code === code &&
        rule.effectiveFrom <= issuedOn &&
        (rule.effectiveTo === null || issuedOn <= rule.effectiveTo),
    ) ?? null
  );
}
