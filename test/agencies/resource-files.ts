/** What a test registers: an API of the Department of Lands, any field overridden. */
export function resourceFile(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    resource: 'https://api.lands.example/titles',
    resource_name: 'Land titles',
    'resource_name#th': 'โฉนดที่ดิน',
    agency: 'lands',
    token_format: 'jwt',
    scopes: [
      {
        name: 'titles:read',
        description: 'See the land titles in your name',
        'description#th': 'ดูโฉนดที่ดินในชื่อของคุณ',
      },
      {
        name: 'titles:write',
        description: 'Enter changes of your land titles',
        'description#th': 'บันทึกการเปลี่ยนแปลงโฉนดที่ดินของคุณ',
      },
      {
        name: 'registry:count',
        description: 'Count titles',
        'description#th': 'นับจำนวนโฉนด',
        without_person: true,
      },
    ],
    services: ['lands-condo'],
    ...more,
  };
}

/** A type of authorization_details with a field of every kind. */
export const TRANSFER_TYPE = {
  type: 'land_transfer',
  name: 'Transfer of a condominium unit',
  'name#th': 'การโอนห้องชุด',
  fields: [
    {
      name: 'title_number',
      kind: 'text',
      max_length: 20,
      label: 'Title number',
      'label#th': 'เลขที่โฉนด',
    },
    {
      name: 'price',
      kind: 'amount',
      currencies: ['THB'],
      label: 'Price',
      'label#th': 'ราคา',
    },
    { name: 'on', kind: 'date', label: 'Date of transfer', 'label#th': 'วันที่โอน' },
    {
      name: 'copies',
      kind: 'integer',
      minimum: 1,
      maximum: 5,
      required: false,
      label: 'Certified copies',
      'label#th': 'สำเนารับรอง',
    },
    {
      name: 'mortgage',
      kind: 'yes_no',
      required: false,
      label: 'With a mortgage',
      'label#th': 'มีการจำนอง',
    },
    {
      name: 'role',
      kind: 'choice',
      label: 'You are',
      'label#th': 'คุณเป็น',
      choices: [
        { value: 'buyer', label: 'the buyer', 'label#th': 'ผู้ซื้อ' },
        { value: 'seller', label: 'the seller', 'label#th': 'ผู้ขาย' },
      ],
    },
    {
      name: 'actions',
      kind: 'choices',
      required: false,
      label: 'What is done',
      'label#th': 'สิ่งที่ดำเนินการ',
      choices: [
        { value: 'enter', label: 'enter it', 'label#th': 'จดทะเบียน' },
        { value: 'certify', label: 'certify it', 'label#th': 'รับรอง' },
      ],
    },
  ],
};
