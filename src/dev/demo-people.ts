/**
 * The people of the demo: the sandbox passports, the sandbox register, the seed and the tests tell one story about
 * them. All passports are issued by UTO, "Utopia", the specimen state of Doc 9303, whose CSCA is ours.
 */
export type DemoPersonKey = 'anna' | 'mai' | 'sukarno' | 'tomas';

export interface DemoPerson {
  key: DemoPersonKey;
  /** As the machine-readable zone writes it. */
  primaryIdentifier: string;
  /** Empty for a single-name holder. */
  secondaryIdentifier: string;
  /** As printed (DG11), in the same two parts. */
  printedPrimary: string;
  printedSecondary: string;
  /** YYYY-MM-DD. */
  dateOfBirth: string;
  placeOfBirth: string;
  sex: 'M' | 'F';
  documentNumber: string;
  chipAlgorithm: 'rsa' | 'ecdsa';
  visaNumber: string;
  email: string;
  look: PortraitLook;
}

/** What the drawn portrait looks like. */
export interface PortraitLook {
  skin: string;
  hair: string;
  clothes: string;
  background: string;
  hairStyle: 'long' | 'bob' | 'short' | 'curly';
  glasses: boolean;
}

export const demoPeople: Readonly<Record<DemoPersonKey, DemoPerson>> = {
  anna: {
    key: 'anna',
    primaryIdentifier: 'ERIKSSON',
    secondaryIdentifier: 'ANNA MARIA',
    printedPrimary: 'ERIKSSON',
    printedSecondary: 'ANNA MARIA',
    dateOfBirth: '1990-08-12',
    placeOfBirth: 'ZENITH, UTOPIA',
    sex: 'F',
    documentNumber: 'L898902C3',
    chipAlgorithm: 'ecdsa',
    visaNumber: 'V100000001',
    email: 'anna.eriksson@example.org',
    look: {
      skin: '#f2cdb4',
      hair: '#c89a52',
      clothes: '#2f5d62',
      background: '#dfe7ea',
      hairStyle: 'long',
      glasses: false,
    },
  },
  mai: {
    key: 'mai',
    primaryIdentifier: 'NGUYEN',
    secondaryIdentifier: 'THI MAI',
    printedPrimary: 'NGUYỄN',
    printedSecondary: 'THỊ MAI',
    dateOfBirth: '1996-02-03',
    placeOfBirth: 'HA NOI',
    sex: 'F',
    documentNumber: 'X12345678',
    chipAlgorithm: 'rsa',
    visaNumber: 'V100000002',
    email: 'mai.nguyen@example.org',
    look: {
      skin: '#ecc19c',
      hair: '#231a17',
      clothes: '#8c3b3b',
      background: '#e6e4df',
      hairStyle: 'bob',
      glasses: false,
    },
  },
  sukarno: {
    key: 'sukarno',
    primaryIdentifier: 'SUKARNO',
    secondaryIdentifier: '',
    printedPrimary: 'SUKARNO',
    printedSecondary: '',
    dateOfBirth: '1984-07-01',
    placeOfBirth: 'BLITAR',
    sex: 'M',
    documentNumber: 'S00000017',
    chipAlgorithm: 'ecdsa',
    visaNumber: 'V100000003',
    email: 'sukarno@example.org',
    look: {
      skin: '#c68f65',
      hair: '#1d1816',
      clothes: '#303a52',
      background: '#e3e8e0',
      hairStyle: 'short',
      glasses: true,
    },
  },
  tomas: {
    key: 'tomas',
    primaryIdentifier: 'OKUBO',
    secondaryIdentifier: 'TOMAS',
    printedPrimary: 'ŌKUBO',
    printedSecondary: 'TOMÁS',
    dateOfBirth: '2000-12-31',
    placeOfBirth: 'SÃO PAULO',
    sex: 'M',
    documentNumber: 'T22000129',
    chipAlgorithm: 'ecdsa',
    visaNumber: 'V100000004',
    email: 'tomas.okubo@example.org',
    look: {
      skin: '#e3b48d',
      hair: '#3a2a20',
      clothes: '#6b5b95',
      background: '#e9e4ec',
      hairStyle: 'curly',
      glasses: false,
    },
  },
};
