import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
  deviceOverPage,
} from '../../../views/oidc/device.ts';
import type { Context, WebApp } from '../../web/context.ts';
import { page } from '../../web/page.ts';
import { serviceOf } from '../services.ts';
import { typedUrl } from './guard-device.ts';

/** 8 letters without vowels, so that none spells a word, in two groups; any case and dashes do (RFC 8628 §6.1). */
const MASK = '****-****';

/** The library's device flow in our look (RFC 8628). */
export function deviceFlow(app: WebApp) {
  return {
    enabled: true,
    charset: 'base-20',
    mask: MASK,
    // Where the device is says nothing that a person could compare; so it is not kept.
    deviceInfo: () => ({}),
    userCodeInputSource: (
      ctx: KoaContextWithOIDC,
      form: string,
      _out?: ErrorOut,
      error?: Error,
    ): Promise<void> => showInput(app, ctx, { form, error: error ?? null }),
    userCodeConfirmSource: (
      ctx: KoaContextWithOIDC,
      form: string,
      _client: unknown,
      _deviceInfo: unknown,
      userCode: string,
    ): Promise<void> => showConfirm(app, ctx, { form, userCode }),
    successSource: (ctx: KoaContextWithOIDC): Promise<void> =>
      page(ctx as unknown as Context, app, {
        view: deviceDonePage,
        model: { service: serviceOf(ctx.oidc.client).name },
        title: 'oidc.device.done.title',
        area: 'plain',
      }),
  } as const;
}

/** Whatever is wrong with a typed code is one and the same: nobody learns which codes are alive. */
const UNUSABLE = [
  'NotFoundError',
  'ExpiredError',
  'AlreadyUsedError',
  'NoCodeError',
  'InvalidRequest',
  'InvalidClient',
];

async function showInput(
  app: WebApp,
  koaCtx: KoaContextWithOIDC,
  { form, error }: { form: string; error: Error | null },
): Promise<void> {
  const ctx = koaCtx as unknown as Context;
  const isTyped = koaCtx.oidc.route === 'code_verification';
  if (error && !(isTyped && UNUSABLE.includes(error.name))) {
    const isRefused = error.name === 'AbortedError';
    return page(ctx, app, {
      view: deviceOverPage,
      model: { refused: isRefused },
      title: isRefused ? 'oidc.device.refused.title' : 'oidc.device.over.title',
      area: 'plain',
      status: isRefused ? 200 : 400,
    });
  }
  const url = typedUrl(ctx);
  if (url !== null) ctx.url = url;
  const given = error ? koaCtx.oidc.params?.user_code : ctx.query.user_code;
  await page(ctx, app, {
    view: deviceCodePage,
    model: {
      xsrf: xsrfOf(form),
      code: typeof given === 'string' ? shown(given) : '',
      scanned: error === null && typeof given === 'string',
      unusable: error !== null,
    },
    title: 'oidc.device.code.title',
    area: 'plain',
    status: error ? 422 : 200,
  });
}

async function showConfirm(
  app: WebApp,
  ctx: KoaContextWithOIDC,
  { form, userCode }: { form: string; userCode: string },
): Promise<void> {
  const { name, agency, purpose } = serviceOf(ctx.oidc.client);
  await page(ctx as unknown as Context, app, {
    view: deviceConfirmPage,
    model: { xsrf: xsrfOf(form), code: userCode, service: name, agency: agency.name, purpose },
    title: 'oidc.device.confirm.title',
    titleParams: { service: name[(ctx as unknown as Context).state.lang] },
    area: 'plain',
  });
}

/** The library's form holds a token against forged posts; the page needs only that. */
function xsrfOf(form: string): string {
  const xsrf = /name="xsrf" value="([\w-]+)"/.exec(form)?.[1];
  if (xsrf === undefined) throw new Error('The device form has another shape than expected.');
  return xsrf;
}

/** A code as devices show it; what is none comes back as it was typed, short. */
function shown(text: string): string {
  const letters = text.toUpperCase().replaceAll(/\W/g, '');
  return /^[A-Z]{8}$/.test(letters)
    ? `${letters.slice(0, 4)}-${letters.slice(4)}`
    : text.slice(0, 20);
}
