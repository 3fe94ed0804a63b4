import { PASSKEY_API } from './accounts/passkey-api.ts';
import { REGISTRATION_API } from './agencies/registration-api.ts';
import { MAIL_API } from './dev/mail-api.ts';
import { EXCHANGE_API } from './exchange/exchange-api.ts';
import type { App } from './lib/app.ts';
import { NUMBER_API } from './oidc/number-look-ups/look-up-api.ts';
import { METADATA_API } from './oidc/metadata-api.ts';
import { CASE_API, READER_API } from './proofing/reader-api.ts';
import type { Context } from './web/context.ts';
import { describeApi } from './web/describe-api.ts';
import type { ApiOperation } from './web/describe-api.ts';
import { MACHINE_API } from './web/machine-api.ts';

const VERSION = '0.1.0';

/** Every JSON endpoint of ours that this deployment has. */
export function apiOperations({ sandbox }: { sandbox: boolean }): readonly ApiOperation[] {
  const all = [
    ...READER_API,
    ...REGISTRATION_API,
    ...NUMBER_API,
    ...METADATA_API,
    ...EXCHANGE_API,
    ...MACHINE_API,
    ...CASE_API,
    ...PASSKEY_API,
    ...MAIL_API,
  ];
  return sandbox ? all : all.filter(({ sandboxOnly }) => !sandboxOnly);
}

/** GET /openapi.json: all our own JSON endpoints, OpenAPI 3.1, from the same schemas that their handlers use. */
export async function showOpenApi(ctx: Context, app: Pick<App, 'config'>): Promise<void> {
  const operations = apiOperations(app.config);
  ctx.set('cache-control', 'public, max-age=300');
  ctx.set('access-control-allow-origin', '*');
  ctx.body = describeApi(operations, { issuer: app.config.ISSUER, version: VERSION });
}
