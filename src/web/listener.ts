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
  if (cert === undefined) return withClearRefusals(createHttpServer(listener));
  const server = createHttpsServer(
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
  return withClearRefusals(server);
}

/** A request that never becomes one: what is wrong, and what to do. Node would answer without a word. */
function withClearRefusals(server: Server): Server {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const detail =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? 'The address and headers are longer than 16 KiB: send a long request as a post, or push it (RFC 9126).'
        : 'This is not a well-formed HTTP request.';
    const body = JSON.stringify({ title: 'bad request', status: 400, code: 'bad_request', detail });
    socket.end(
      `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  return server;
}
