import type { AccessModel } from '../../views/oidc/consent-access.ts';
import type { App } from '../lib/app.ts';
import type { ConsentParties } from './acting/parties.ts';
import { describeDetails } from './authorization-details.ts';
import { findConsent } from './consents.ts';
import { requestedResources, wantedResources } from './resources.ts';

/** What a request would let the service do at resources of agencies, in the person's words. */
export async function accessModel(
  app: Pick<App, 'db'>,
  request: {
    /** Who agreed to what is in force, for whom. */
    parties: ConsentParties;
    parameters: Record<string, unknown>;
  },
): Promise<AccessModel> {
  const { parameters, parties } = request;
  const resources = await requestedResources(app, parameters);
  if (resources.length === 0) return { resources: [], details: [] };
  const [wanted, before, details] = await Promise.all([
    wantedResources(app, parameters),
    findConsent(app.db, parties),
    describeDetails(app, parameters),
  ]);
  return {
    resources: resources
      .filter(({ identifier }) => wanted[identifier] !== undefined)
      .map(({ identifier, name, agency, scopes }) => ({
        name,
        agency: agency.name,
        scopes: scopes
          .filter((scope) => wanted[identifier]!.includes(scope.name))
          .map((scope) => ({
            text: scope.description,
            isNew: before !== null && !before.resources[identifier]?.includes(scope.name),
          })),
      })),
    details,
  };
}
