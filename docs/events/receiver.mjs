// Receives security events of Tangchat ID by push (RFC 8935): Node 20 or later, npm install jose.
// ISSUER, CLIENT_ID: as at sign-in. RECEIVER_TOKEN: the secret that you gave us as authorization_header. PORT.
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { ISSUER, CLIENT_ID, RECEIVER_TOKEN, PORT } = process.env;
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oidc/jwks`));
// In your database, with the change that an event makes: an event can come twice, with the same jti.
const seen = new Set();

createServer((request, response) => {
  // A sender that goes away in the middle.
  receive(request, response).catch(() => response.destroy());
}).listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/events`));

async function receive(request, response) {
  const refuse = (status, err, description) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ err, description }));
  if (request.method !== 'POST') return refuse(405, 'invalid_request', 'POST only');
  if (!isOurs(request.headers.authorization))
    return refuse(401, 'authentication_failed', 'who are you?');
  let token = '';
  for await (const chunk of request) {
    token += chunk;
    if (token.length > 65_536) return refuse(413, 'invalid_request', 'too long');
  }
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: CLIENT_ID,
      typ: 'secevent+jwt',
      algorithms: ['ES256'],
    });
    // Keep it first, answer then, work on it afterwards.
    if (!seen.has(payload.jti)) handle(payload);
    seen.add(payload.jti);
    response.writeHead(202).end();
  } catch {
    refuse(400, 'invalid_request', 'not a security event for us');
  }
}

function isOurs(header = '') {
  const [given, own] = [header, `Bearer ${RECEIVER_TOKEN}`].map((text) => Buffer.from(text));
  return given.length === own.length && timingSafeEqual(given, own);
}

function handle({ sub_id: subject, events }) {
  const [[type, event]] = Object.entries(events);
  const user = subject.format === 'complex' ? subject.user : subject;
  switch (type) {
    case 'https://schemas.openid.net/secevent/risc/event-type/account-disabled':
      return console.log(`lock ${user.sub}`);
    case 'https://schemas.openid.net/secevent/risc/event-type/account-enabled':
      return console.log(`unlock ${user.sub}`);
    case 'https://schemas.openid.net/secevent/caep/event-type/session-revoked':
      return console.log(`end session ${subject.session.id} of ${user.sub}`);
    case 'https://schemas.openid.net/secevent/ssf/event-type/verification':
      return console.log(`verified ${event.state ?? ''}`);
    default:
      return console.log(`${type} of ${user.sub}: ${JSON.stringify(event)}`);
  }
}
