import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestStoreOf } from './store/request-store.ts';

type Session = InstanceType<Provider['Session']>;

/**
 * One session is ours: where somebody is signed in with us, the library's session begins with them, and no page has
 * to tell it so. Its checks stay: `prompt=login` and `max_age` (from our own sign-in's time), a hint that names another
 * person, an ID whose state lets nobody in.
 */
export function beginFromOurSession(provider: Provider): void {
  const library = provider.Session as unknown as {
    get(ctx: KoaContextWithOIDC): Promise<Session>;
  };
  const get = library.get.bind(library);
  library.get = async (ctx) => {
    const session = await get(ctx);
    const web = requestStoreOf(ctx)?.scope.web;
    if (!web || session.accountId !== undefined || ctx.oidc?.route !== 'authorization')
      return session;
    session.loginAccount({
      accountId: web.accountId,
      loginTs: Math.floor(web.authTime.getTime() / 1000),
      amr: web.amr,
    });
    // As the library marks a session that is to be stored.
    Object.defineProperty(session, 'touched', { writable: true, value: true });
    return session;
  };
}
