import { timingSafeEqual } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { ClientMetadata } from 'oidc-provider';
import { findService } from '../agencies/find-service.ts';
import { followServiceChanges } from '../agencies/service-changes.ts';
import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { clientMetadata } from './client-metadata.ts';

type Client = InstanceType<Provider['Client']>;

const REMEMBERED = 20_000;

const servicesOfClients = new WeakMap<object, Service>();

/** The service that a client of the library stands for. */
export function serviceOf(client: Client | undefined): Service {
  const service = client && servicesOfClients.get(client);
  if (!service) throw new Error('A client that is none of our services.');
  return service;
}

/**
 * Lets the library find clients among our services, and compare secrets with the digest we keep. Its own lookup
 * hashes the whole client at every request and remembers a hundred; ours keeps instances until their service changes.
 */
export function serveServices(app: App, provider: Provider): void {
  const remembered = new Map<string, Promise<Client | undefined>>();
  const changes = followServiceChanges(app, (id) => remembered.delete(id));
  const { Client } = provider;
  // The constructor is how the library makes its own; only its types leave the argument out.
  const MadeClient = Client as unknown as new (metadata: ClientMetadata) => Client;
  const load = async (id: string): Promise<Client | undefined> => {
    const service = await findService(app.db, id);
    if (service?.state !== 'active') return undefined;
    const client = new MadeClient(clientMetadata(service, app.config.ISSUER));
    // All of them: client-metadata.ts leaves some out.
    Object.assign(client, {
      grantTypes: [...service.grantTypes],
      authorizationDetailsTypes: undefined,
    });
    servicesOfClients.set(client, service);
    return client;
  };
  const recall = (id: string): Promise<Client | undefined> => {
    const known = remembered.get(id);
    if (known) return known;
    const client = load(id);
    // A failed read is not remembered.
    client.catch(() => remembered.delete(id));
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value!);
    remembered.set(id, client);
    return client;
  };
  Client.find = (id: string) => {
    if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id)) return Promise.resolve(undefined);
    const fresh = changes.whenFresh();
    return fresh ? fresh.then(() => recall(id)) : recall(id);
  };
  Client.prototype.compareClientSecret = function compareClientSecret(this: Client, given: string) {
    const { secretDigest } = serviceOf(this);
    if (secretDigest === null || typeof given !== 'string') return false;
    return timingSafeEqual(secretDigest, digestToken(app.keys.tokenDigestKey, given));
  };
}
