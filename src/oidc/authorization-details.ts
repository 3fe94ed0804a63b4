import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { findResourceOfType, listDetailTypes } from '../agencies/find-resource.ts';
import type { Resource } from '../agencies/resource.ts';
import type { BothLanguages } from '../agencies/service.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { App } from '../lib/app.ts';
import { readDetail } from './detail-values.ts';
import type { DetailLine } from './detail-values.ts';
import { quotable } from './resources.ts';
import { serviceOf } from './services.ts';

/** One member of `authorization_details`. */
export interface Detail {
  type: string;
  [name: string]: unknown;
}

/** Members of a request, or of what a code or token keeps. The library has checked that they are objects with a type. */
export function detailsIn(value: unknown): Detail[] {
  const list: unknown = typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  return Array.isArray(list) ? (list as Detail[]) : [];
}

/** A member as the person reads it. */
export interface DescribedDetail {
  name: BothLanguages;
  resource: BothLanguages;
  agency: BothLanguages;
  lines: DetailLine[];
}

/** What is shown at consent; null where a type or its fields changed since the request came. */
export async function describeDetails(
  app: Pick<App, 'db'>,
  parameters: { authorization_details?: unknown },
): Promise<DescribedDetail[] | null> {
  const described: DescribedDetail[] = [];
  for (const detail of detailsIn(parameters.authorization_details)) {
    const resource = await findResourceOfType(app.db, detail.type);
    const type = resource?.detailTypes.find((known) => known.type === detail.type);
    const read = type && readDetail(detail, type, resource!.identifier);
    if (!read?.ok) return null;
    described.push({
      name: type!.name,
      resource: resource!.name,
      agency: resource!.agency.name,
      lines: read.lines,
    });
  }
  return described;
}

/** What of a consent to details is kept: their types and a digest, since they may tell much of a person. */
export function detailsReceipt(parameters: { authorization_details?: unknown }) {
  const details = detailsIn(parameters.authorization_details);
  if (details.length === 0) return null;
  return {
    types: [...new Set(details.map(({ type }) => type))],
    sha256: hash('sha256', canonicalJson(details)),
  };
}

/**
 * Rich authorization requests (RFC 9396): each type belongs to one resource, and is agreed to each time. The library
 * wants all types when it starts; ours are registered while it runs, so that the table it is given looks each up.
 */
export function richAuthorizationRequests(app: App) {
  const rule = {
    validate: (ctx: KoaContextWithOIDC, detail: Detail) => checkDetail(app, ctx, detail),
  };
  const feature = {
    enabled: true,
    types: tableOfTypes(rule, () => listedTypes(app).types),
    authorizationDetailsForGrantSource: async (ctx: KoaContextWithOIDC) => {
      const details = detailsIn(ctx.oidc.params?.authorization_details);
      // Hours may have passed at the consent page.
      for (const detail of details) await checkDetail(app, ctx, detail);
      return details;
    },
    authorizationDetailsForAccessToken: async (
      ctx: KoaContextWithOIDC,
      token: { aud?: string | string[] | undefined },
      source?: { rar?: unknown },
    ) => forToken(app, ctx, { token, source }),
    authorizationDetailsForIntrospection: async (_ctx: unknown, token: { rar?: unknown }) =>
      detailsIn(token.rar),
  };
  // Without a prototype the library keeps this very object, instead of a copy that lists what is known now.
  return Object.assign(Object.create(null) as object, feature);
}

const lists = new WeakMap<object, { types: string[]; until: number }>();

function listedTypes(app: Pick<App, 'db'>) {
  const listed = lists.get(app.db) ?? { types: [], until: 0 };
  lists.set(app.db, listed);
  return listed;
}

/** For discovery, which lists the types: brings them up to date, at most a second old, and gives them. */
export async function refreshDetailTypes(app: Pick<App, 'db'>): Promise<string> {
  const listed = listedTypes(app);
  const now = performance.now();
  if (now >= listed.until) {
    listed.until = now + 1_000;
    // What was known is better than no discovery while the database is away.
    listed.types = await listDetailTypes(app.db).catch(() => listed.types);
  }
  return listed.types.join(' ');
}

function tableOfTypes<Rule extends object>(rule: Rule, list: () => string[]): Record<string, Rule> {
  const isType = (key: string | symbol) => typeof key === 'string' && key !== 'constructor';
  return new Proxy<Record<string, Rule>>(
    {},
    {
      get: (target, key) => (isType(key) ? rule : Reflect.get(target, key)),
      ownKeys: list,
      getOwnPropertyDescriptor: (_target, key) =>
        isType(key)
          ? { value: rule, writable: false, enumerable: true, configurable: true }
          : undefined,
    },
  );
}

/** Refuses a member whose type nobody registered, that this service may not ask, or that has other fields. */
async function checkDetail(app: App, ctx: KoaContextWithOIDC, detail: Detail): Promise<void> {
  const { params, client } = ctx.oidc;
  const service = serviceOf(client);
  const refuse = (what: string): never => {
    throw new errors.InvalidAuthorizationDetails(`authorization_details: ${what}`);
  };
  const called = quotable(detail.type);
  const resource = await findResourceOfType(app.db, detail.type);
  const type = resource?.detailTypes.find((known) => known.type === detail.type);
  const registered = service.protocol.authorization_details_types;
  if (
    resource?.state !== 'active' ||
    !type ||
    !resource.services.includes(service.clientId) ||
    registered?.includes(detail.type) === false
  )
    return refuse(`the type ${called} is none that this service is registered for`);
  if (params?.grant_type === 'client_credentials')
    return refuse(`${called} is agreed to by a person: there is none with client_credentials`);
  if (![params?.resource ?? []].flat().includes(resource.identifier) && !params?.grant_type)
    return refuse(`${called} needs resource=${quotable(resource.identifier)}`);
  const read = readDetail(detail, type, resource.identifier);
  if (!read.ok) refuse(`${called}.${quotable(read.field)}: expected ${read.expected}`);
}

/** Those that were agreed to and belong to the token's resource; of them those that the token request names. */
async function forToken(
  app: App,
  ctx: KoaContextWithOIDC,
  input: { token: { aud?: string | string[] | undefined }; source: { rar?: unknown } | undefined },
): Promise<Detail[]> {
  const agreed = detailsIn(input.source?.rar);
  const asked = ctx.oidc.params?.authorization_details;
  const wanted = asked === undefined ? agreed : detailsIn(asked);
  const foreign = wanted.find((detail) => !agreed.some((one) => isDeepStrictEqual(one, detail)));
  if (foreign)
    throw new errors.InvalidAuthorizationDetails(
      `authorization_details: ${quotable(foreign.type)} differs from what the person agreed to; repeat it as it was, or leave it out`,
    );
  const owners = await Promise.all(wanted.map(({ type }) => findResourceOfType(app.db, type)));
  return wanted.filter((_detail, index) => isFor(owners[index] ?? null, input.token.aud));
}

function isFor(owner: Resource | null, audience: string | string[] | undefined): boolean {
  return owner !== null && [audience ?? []].flat().includes(owner.identifier);
}
