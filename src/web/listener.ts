import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Config } from '../config.ts';

/** What listens: HTTP behind a proxy, or TLS of our own, which then asks for a client's certificate and needs none. */
export function createListener(
  config: Pick<Config, 'TLS_CERT' | 'TLS_KEY' | 'MTLS_AUTHORITIES'>,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response);
  const { TLS_CERT: cert, TLS_KEY: key, MTLS_AUTHORITIES: authorities } = config;
  if (cert === undefined) return createHttpServer(listener);
  return createHttpsServer(
    {
      cert,
      key,
      minVersion: 'TLSv1.2',
      requestCert: true,
      // Whether it is of an authority of ours matters to `tls_client_auth` alone (oidc/client-certificate.ts).
      rejectUnauthorized: false,
      // An empty list: no authority that browsers trust speaks for services.
      ca: authorities ?? [],
    },
    listener,
  );
}
