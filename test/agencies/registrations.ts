/** What a test registers: a web service of the Department of Lands, any field overridden. */
export function registration(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    client_id: 'lands-condo',
    client_name: 'Condominium register',
    'client_name#th': 'ทะเบียนห้องชุด',
    agency: { code: 'lands', name: 'Department of Lands', 'name#th': 'กรมที่ดิน' },
    purpose: 'To enter you as the owner of a condominium unit.',
    'purpose#th': 'เพื่อจดทะเบียนท่านเป็นเจ้าของห้องชุด',
    redirect_uris: ['http://127.0.0.1:4002/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    claims: ['name', 'family_name', 'given_name', 'birthdate', 'nationality'],
    ...more,
  };
}
