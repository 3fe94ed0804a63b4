import type { TestServer } from '../harness.ts';
import type { RelyingParty } from './relying-party.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a service is told when it begins on a device (RFC 8628 §3.2). */
export interface BegunDevice {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** Posts a form to an endpoint as a service, by its secret where it has one: the status and body. */
export async function postAs(
  server: Pick<TestServer, 'url'>,
  party: Pick<RelyingParty, 'clientId' | 'secret'>,
  path: string,
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(
      party.secret === null ? { ...fields, client_id: party.clientId } : fields,
    ),
    headers: party.secret === null ? {} : { authorization: `Basic ${basic}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** A device asks for a code. */
export async function beginDevice(
  server: Pick<TestServer, 'url'>,
  party: RelyingParty,
  fields: Record<string, string> = {},
): Promise<BegunDevice> {
  const { status, body } = await postAs(server, party, '/oidc/device-authorization', {
    scope: 'openid profile',
    ...fields,
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as unknown as BegunDevice;
}
