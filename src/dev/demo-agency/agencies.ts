import type { Lang } from '../../../views/ui.ts';

type Both = Record<Lang, string>;

/** A relying agency of the demo: what it registers, and how it looks. */
export interface DemoAgency {
  key: 'lands' | 'revenue';
  clientId: string;
  agency: Both;
  service: Both;
  /** One sentence below the service's name. */
  pitch: Both;
  purpose: Both;
  /** Colour of its house, dark enough for white text. */
  colour: string;
  /** Path of its emblem in a 48 × 48 box. */
  emblem: string;
  claims: string[];
  scope: string;
  /** What it asks unless told otherwise. */
  level: { acr: string; insist: boolean };
}

/** First the one that a person starts at: it must be sure. */
export const DEMO_AGENCIES: readonly DemoAgency[] = [
  {
    key: 'lands',
    clientId: 'demo-lands-condo',
    agency: { en: 'Department of Lands', th: 'กรมที่ดิน' },
    service: { en: 'Condominium register', th: 'ทะเบียนห้องชุด' },
    pitch: {
      en: 'Register a condominium unit in your name, from wherever you are.',
      th: 'จดทะเบียนห้องชุดในชื่อของคุณได้จากทุกที่',
    },
    purpose: {
      en: 'To enter you as the owner of a condominium unit.',
      th: 'เพื่อจดทะเบียนให้คุณเป็นเจ้าของห้องชุด',
    },
    colour: '#14532d',
    emblem: 'M8 40V20L24 8l16 12v20H30V28H18v12Z',
    claims: [
      'name',
      'family_name',
      'given_name',
      'birthdate',
      'nationality',
      'foreign_national_id',
      'stay',
    ],
    scope: 'openid profile nationality foreign_national_id stay',
    level: { acr: 'ial2:aal2', insist: true },
  },
  {
    key: 'revenue',
    clientId: 'demo-revenue-tax',
    agency: { en: 'Revenue Department', th: 'กรมสรรพากร' },
    service: { en: 'Tax for foreigners', th: 'ภาษีสำหรับคนต่างชาติ' },
    pitch: {
      en: 'File your yearly return and see what was withheld.',
      th: 'ยื่นแบบภาษีประจำปีและดูภาษีที่ถูกหักไว้',
    },
    purpose: {
      en: 'To find your tax file and to send you your assessment.',
      th: 'เพื่อค้นหาแฟ้มภาษีของคุณและแจ้งผลการประเมิน',
    },
    colour: '#6b21a8',
    emblem: 'M10 6h22l6 6v30H10Zm6 12h16v3H16Zm0 7h16v3H16Zm0 7h10v3H16Z',
    claims: ['name', 'birthdate', 'nationality', 'foreign_national_id'],
    scope: 'openid profile nationality foreign_national_id',
    level: { acr: 'ial0:aal2', insist: false },
  },
];

/** The levels that the page offers to ask for. */
export const LEVELS = ['ial0:aal2', 'ial1:aal2', 'ial2:aal2'] as const;
