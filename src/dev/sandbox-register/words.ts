import type { StayStatus } from '../../visas/stay.ts';
import type { RegisterVisa } from '../../visas/register-answer.ts';
import type { ContestedEntry } from '../../visas/register-port.ts';
import type { PlayedEvent } from './play-event.ts';
import type { SandboxCorrection } from './sandbox-record.ts';

export type Lang = 'en' | 'th';

/** Every word of the sandbox register's page; the type makes the languages equal. */
export interface Words {
  title: string;
  sandbox: string;
  explanation: string;
  otherLanguage: string;
  statusUp: string;
  statusDown: string;
  takeDown: string;
  bringUp: string;
  reset: string;
  people: string;
  bornOn: string;
  document: string;
  visa: string;
  noVisa: string;
  visaUsableUntil: string;
  entries: string;
  anyNumber: string;
  stay: string;
  lastDay: string;
  work: string;
  workYes: string;
  workNo: string;
  whatHappens: string;
  refused: string;
  refusals: Record<'not_inside' | 'already_inside' | 'visa_unusable', string>;
  visaStatus: Record<RegisterVisa['status'], string>;
  stayStatus: Record<StayStatus, string>;
  events: Record<PlayedEvent, string>;
  workPermit: string;
  corrections: string;
  correctionsNone: string;
  contested: Record<ContestedEntry, string>;
  correctionState: Record<SandboxCorrection['state'], string>;
  correctValue: string;
  correct: string;
  reject: string;
  magic: string;
  magicExplanation: string;
  otherMagic: string;
}

export const WORDS: Record<Lang, Words> = {
  en: {
    title: 'Immigration register',
    sandbox: 'Sandbox',
    explanation:
      'A make-believe register with make-believe people. It answers questions as a real one would, signed, over HTTP. Play here what happens to somebody; the next question shows it.',
    otherLanguage: 'ภาษาไทย',
    statusUp: 'The register answers.',
    statusDown: 'The register is down: every question is answered 503.',
    takeDown: 'Take the register down',
    bringUp: 'Bring the register up',
    reset: 'Start again with the demo people',
    people: 'People on record',
    bornOn: 'Born on',
    document: 'Travel document',
    visa: 'Visa',
    noVisa: 'None',
    visaUsableUntil: 'may be used to enter until',
    entries: 'Entries used',
    anyNumber: 'any number',
    stay: 'Stay',
    lastDay: 'last day',
    work: 'Work',
    workYes: 'allowed',
    workNo: 'not allowed',
    whatHappens: 'What happens next?',
    refused: 'Nothing was changed:',
    refusals: {
      not_inside: 'this person is not in the country.',
      already_inside: 'this person is in the country already.',
      visa_unusable: 'there is no visa that can be used today.',
    },
    visaStatus: {
      in_effect: 'in effect',
      used: 'used up',
      expired: 'expired',
      cancelled: 'cancelled',
    },
    stayStatus: {
      not_yet_admitted: 'not yet admitted',
      lawful_until: 'lawful',
      indefinite: 'without end date',
      under_consideration: 'extension under consideration',
      exempt: 'exempt',
      expired: 'expired',
      departed: 'left the country',
      unknown: 'unknown',
    },
    events: {
      enter: 'Enters the country',
      leave: 'Leaves the country',
      extend_stay: 'Stay is extended by 30 days',
      ask_extension: 'Asks for an extension',
      end_stay: 'Stay ended yesterday',
      revoke_stay: 'Permission is taken back',
      cancel_visa: 'Visa is cancelled',
    },
    workPermit: 'Work permit (labour register)',
    corrections: 'Requests to correct an entry',
    correctionsNone: 'None has come in.',
    contested: {
      name: 'name',
      date_of_birth: 'birth date',
      nationality: 'nationality',
      document: 'travel document',
      visa: 'visa',
      stay: 'stay',
      departure: 'departure',
      work: 'permission to work',
    },
    correctionState: { received: 'received', corrected: 'corrected', rejected: 'rejected' },
    correctValue: 'New entry, where it takes one',
    correct: 'Correct the entry',
    reject: 'Reject the request',
    magic: 'Document numbers that make the register misbehave',
    magicExplanation:
      'The start of the number decides. A document so numbered meets a register that:',
    otherMagic: 'Numbers for the registers beside it (labour, watch list):',
  },
  th: {
    title: 'ทะเบียนตรวจคนเข้าเมือง',
    sandbox: 'ระบบทดลอง',
    explanation:
      'ทะเบียนจำลองที่มีแต่บุคคลสมมติ ตอบคำถามพร้อมลงลายมือชื่อดิจิทัลผ่าน HTTP เหมือนทะเบียนจริง คุณเลือกได้ที่นี่ว่าจะให้เกิดอะไรขึ้นกับใคร แล้วคำถามครั้งต่อไปจะได้คำตอบตามนั้น',
    otherLanguage: 'English',
    statusUp: 'ทะเบียนพร้อมตอบคำถาม',
    statusDown: 'ทะเบียนปิดอยู่ ทุกคำถามจะได้รับคำตอบ 503',
    takeDown: 'ปิดทะเบียน',
    bringUp: 'เปิดทะเบียน',
    reset: 'เริ่มใหม่ด้วยบุคคลตัวอย่าง',
    people: 'บุคคลในทะเบียน',
    bornOn: 'วันเกิด',
    document: 'เอกสารเดินทาง',
    visa: 'วีซ่า',
    noVisa: 'ไม่มี',
    visaUsableUntil: 'ใช้เดินทางเข้าได้ถึง',
    entries: 'จำนวนครั้งที่ใช้เข้าแล้ว',
    anyNumber: 'ไม่จำกัด',
    stay: 'การพำนัก',
    lastDay: 'วันสุดท้าย',
    work: 'การทำงาน',
    workYes: 'ทำได้',
    workNo: 'ทำไม่ได้',
    whatHappens: 'จะให้เกิดอะไรขึ้นต่อไป',
    refused: 'ไม่มีอะไรเปลี่ยนแปลง:',
    refusals: {
      not_inside: 'บุคคลนี้ไม่ได้อยู่ในประเทศ',
      already_inside: 'บุคคลนี้อยู่ในประเทศแล้ว',
      visa_unusable: 'ไม่มีวีซ่าที่ใช้ได้ในวันนี้',
    },
    visaStatus: {
      in_effect: 'มีผลใช้ได้',
      used: 'ใช้ครบแล้ว',
      expired: 'หมดอายุ',
      cancelled: 'ถูกยกเลิก',
    },
    stayStatus: {
      not_yet_admitted: 'ยังไม่ได้รับอนุญาตให้เข้าเมือง',
      lawful_until: 'อยู่โดยถูกต้อง',
      indefinite: 'ไม่มีกำหนดสิ้นสุด',
      under_consideration: 'อยู่ระหว่างพิจารณาขยายเวลา',
      exempt: 'ได้รับยกเว้น',
      expired: 'สิ้นสุดแล้ว',
      departed: 'เดินทางออกแล้ว',
      unknown: 'ไม่ทราบ',
    },
    events: {
      enter: 'เดินทางเข้าประเทศ',
      leave: 'เดินทางออกนอกประเทศ',
      extend_stay: 'ได้ขยายเวลาพำนัก 30 วัน',
      ask_extension: 'ยื่นขอขยายเวลาพำนัก',
      end_stay: 'การพำนักสิ้นสุดเมื่อวานนี้',
      revoke_stay: 'ถูกเพิกถอนการอนุญาตให้อยู่',
      cancel_visa: 'วีซ่าถูกยกเลิก',
    },
    workPermit: 'ใบอนุญาตทำงาน (ทะเบียนแรงงาน)',
    corrections: 'คำขอแก้ไขรายการ',
    correctionsNone: 'ยังไม่มีคำขอ',
    contested: {
      name: 'ชื่อ',
      date_of_birth: 'วันเกิด',
      nationality: 'สัญชาติ',
      document: 'เอกสารเดินทาง',
      visa: 'วีซ่า',
      stay: 'การพำนัก',
      departure: 'การเดินทางออก',
      work: 'การอนุญาตให้ทำงาน',
    },
    correctionState: { received: 'ได้รับแล้ว', corrected: 'แก้ไขแล้ว', rejected: 'ไม่แก้ไข' },
    correctValue: 'ข้อมูลใหม่ (ถ้ามี)',
    correct: 'แก้ไขรายการ',
    reject: 'ไม่รับคำขอ',
    magic: 'เลขที่เอกสารที่ทำให้ทะเบียนทำงานผิดปกติ',
    magicExplanation: 'ดูจากอักษรนำหน้าเลขที่เอกสาร เอกสารเลขเหล่านี้จะเจอทะเบียนที่ (ภาษาอังกฤษ):',
    otherMagic: 'เลขสำหรับทะเบียนอื่น (แรงงาน รายการเฝ้าระวัง) (ภาษาอังกฤษ):',
  },
};
