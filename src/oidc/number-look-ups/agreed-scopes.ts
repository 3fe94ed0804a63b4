import { errors } from 'oidc-provider';
import { findAgreements } from '../../agencies/find-agreement.ts';
import type { Agreement } from '../../agencies/agreement.ts';
import { numberLookUps } from '../../agencies/number-look-ups.ts';
import type { NumberScope } from '../../agencies/number-look-ups.ts';
import type { Resource } from '../../agencies/resource.ts';
import type { Service } from '../../agencies/service.ts';
import type { App } from '../../lib/app.ts';

/**
 * Our look-up of numbers as a resource for this service: with the scopes that its agreements in force cover, and for nobody
 * without one. Tokens for it are the service's own (`client_credentials`): nobody signs in for it.
 */
export async function numberResourceFor(
  app: App,
  given: { resource: Resource; service: Service; grantType: unknown },
): Promise<Resource> {
  const { resource, service, grantType } = given;
  if (grantType !== 'client_credentials')
    throw new errors.InvalidTarget(
      'resource: numbers are looked up by a service itself, with grant_type=client_credentials',
    );
  const agreements = await agreementsOf(app, service.clientId);
  if (agreements.length === 0)
    throw new errors.InvalidTarget(
      'resource: there is no agreement in force by which this service may look numbers up',
    );
  const agreed = new Set(agreements.flatMap(({ scopes }) => scopes));
  return { ...resource, scopes: resource.scopes.filter(({ name }) => agreed.has(name)) };
}

/** Refuses scopes at our look-up that no agreement of the service covers, by name. */
export function refuseBeyondAgreement(resource: Resource, asked: readonly string[]): void {
  const agreed = resource.scopes.map(({ name }) => name);
  const beyond = asked.find((scope) => !agreed.includes(scope));
  if (beyond === undefined) return;
  throw new errors.InvalidScope(
    `scope: the agreement covers ${agreed.join(', ')} and nothing else`,
    asked.join(' '),
  );
}

/** What the service agreed with the register and is in force now. */
export function agreementsOf(app: App, serviceId: string): Promise<Agreement[]> {
  const by = { serviceId, resource: numberLookUps(app), at: app.clock.now() };
  return findAgreements(app.db, by);
}

/** The agreement that a look-up with these scopes rests on: the one that reaches furthest. Null where none is in force. */
export function agreementFor(
  agreements: readonly Agreement[],
  scopes: ReadonlySet<string>,
): { agreement: Agreement; tellsState: boolean } | null {
  const byLaw = agreements.toSorted(
    (one, other) => Number(other.legalBasis === 'law') - Number(one.legalBasis === 'law'),
  );
  for (const scope of ['numbers:state', 'numbers:check'] satisfies NumberScope[]) {
    const agreement = byLaw.find((one) => one.scopes.includes(scope));
    if (agreement && scopes.has(scope)) return { agreement, tellsState: scope === 'numbers:state' };
  }
  return null;
}
