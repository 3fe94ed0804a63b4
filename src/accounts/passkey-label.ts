import type { Translate } from '../../views/ui.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import type { PasskeyId } from '../lib/ids.ts';
import type { Passkey } from './passkey-store.ts';

/** Authenticator models that people know by name, by AAGUID (community list of passkey providers, 2026-11-22). */
const MODELS: Readonly<Record<string, string>> = {
  'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': 'iCloud Keychain',
  'dd4ec289-e01d-41c9-bb89-70fa845d4bf2': 'iCloud Keychain',
  'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': 'Google Password Manager',
  'adce0002-35bc-c60a-648b-0b25f1f05503': 'Chrome',
  '08987058-cadc-4b81-b6e1-30de50dcbe96': 'Windows Hello',
  '9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'Windows Hello',
  '53414d53-554e-4700-0000-000000000000': 'Samsung Pass',
  'bada5566-a7aa-401f-bd96-45619a55120d': '1Password',
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'Bitwarden',
};

/** What a passkey is called until its owner renames it: its maker where we know it, else by number. */
export function defaultLabel(t: Translate, aaguid: string, number: number): string {
  return MODELS[aaguid] ?? t('accounts.passkey.default_label', { number });
}

/** What an owner may call a passkey: 1 to 60 characters on one line, none that turns the line around, or null. */
export function parseLabel(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const label = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  const hidden = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
  return label.length > 0 && label.length <= 60 && !hidden.test(label) ? label : null;
}

export function sealLabel(key: DataKey, id: PasskeyId, label: string): Buffer {
  return key.encrypt({ table: 'passkeys', column: 'label', row: id }, label);
}

export function readLabel(key: DataKey, passkey: Pick<Passkey, 'id' | 'label'>): string {
  return key.decryptText({ table: 'passkeys', column: 'label', row: passkey.id }, passkey.label);
}
