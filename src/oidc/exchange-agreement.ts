import { errors } from 'oidc-provider';
import type { Agreement } from '../agencies/agreement.ts';
import { findAgreements } from '../agencies/find-agreement.ts';
import type { Resource } from '../agencies/resource.ts';
import type { Service } from '../agencies/service.ts';
import { acrOf, meets } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { covers, findConsent } from './consents.ts';
import type { ExchangeSubject } from './exchange-subject.ts';
import { quotable } from './resources.ts';

/**
 * The agreement under which this exchange is lawful: in force, covering every scope, and, where its basis is consent,
 * agreed to by the person at the service that they signed in to. Refuses by name what is missing.
 */
export async function agreementFor(
  app: App,
  input: { caller: Service; resource: Resource; subject: ExchangeSubject; scopes: string[] },
): Promise<Agreement> {
  const { caller, resource, subject, scopes } = input;
  const called = quotable(resource.identifier);
  const agreements = await findAgreements(app.db, {
    serviceId: caller.clientId,
    resource: resource.identifier,
    at: app.clock.now(),
  });
  if (agreements.length === 0)
    throw new errors.InvalidTarget(
      `resource: there is no agreement in force by which this service may call ${called}`,
    );
  const offered = resource.scopes.map(({ name }) => name);
  const fitting = agreements.filter((agreement) =>
    scopes.every((scope) => agreement.scopes.includes(scope) && offered.includes(scope)),
  );
  if (fitting.length === 0) {
    const agreed = new Set(agreements.flatMap((agreement) => agreement.scopes));
    throw new errors.InvalidScope(
      `scope: the agreement on ${called} covers ${[...agreed].join(', ')} and nothing else`,
      scopes.join(' '),
    );
  }
  if (!meets(resource.minimum, subject.levels))
    throw new errors.InvalidTarget(
      `resource: ${called} needs a sign-in with acr_values=${acrOf(resource.minimum, app.config.ACR_BASE)}`,
    );
  const lawful =
    fitting.find(({ legalBasis }) => legalBasis === 'law') ??
    ((await hasAgreed(app, { resource, subject, scopes })) ? fitting[0] : undefined);
  if (!lawful)
    throw new errors.InvalidScope(
      `scope: the person has not agreed to it; have them agree at ${subject.origin.clientId} with resource=${called}`,
      scopes.join(' '),
    );
  return lawful;
}

async function hasAgreed(
  app: App,
  input: { resource: Resource; subject: ExchangeSubject; scopes: string[] },
): Promise<boolean> {
  const { resource, subject, scopes } = input;
  const consent = await findConsent(app.db, {
    accountId: subject.accountId,
    serviceId: subject.origin.clientId,
  });
  return covers(consent, { scopes: [], claims: [], resources: { [resource.identifier]: scopes } });
}
