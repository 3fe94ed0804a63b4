import { z } from 'zod';
import type { ApiOperation } from '../web/describe-api.ts';

const options = z.looseObject({
  challenge: z.base64url().meta({ description: 'Used once, for five minutes.' }),
});
const token = { token: { in: 'path', schema: z.string(), says: 'From the link.' } } as const;

const asking = (
  path: string,
  id: string,
  summary: string,
  more: Pick<ApiOperation, 'parameters' | 'faults'> = {},
): ApiOperation => ({
  method: 'POST',
  path,
  id,
  tag: 'pages',
  summary,
  security: 'browser',
  answers: { 200: { says: 'Options of WebAuthn Level 3 §5.4, §5.5, as JSON.', schema: options } },
  ...more,
  faults: [
    'bad_form_token',
    'foreign_origin',
    'not_found',
    'not_signed_in',
    ...(more.faults ?? []),
  ],
});

/** What our pages' scripts ask before the browser makes or uses a passkey. */
export const PASSKEY_API: readonly ApiOperation[] = [
  asking('/create/passkey/options', 'createPasskeyOptions', 'For the passkey of a new account.', {
    faults: ['bad_request', 'gone'],
  }),
  asking('/sign-in/options', 'signInOptions', 'For signing in.'),
  asking('/recover/:token/options', 'recoveryOptions', 'For the passkey of a recovered account.', {
    parameters: token,
    faults: ['gone'],
  }),
  asking('/passkeys/new/options', 'addPasskeyOptions', 'For a further passkey.'),
  asking('/console/sign-in/options', 'consoleSignInOptions', 'For officers signing in.'),
  asking('/console/invitations/:token/options', 'invitationOptions', "For an officer's passkey.", {
    parameters: token,
    faults: ['gone'],
  }),
];
