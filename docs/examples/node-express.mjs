import express from 'express';
import connect from 'express-openid-connect';

const { ISSUER = 'http://localhost:3000', CLIENT_ID, CLIENT_SECRET, PORT = '4000' } = process.env;
const { auth, requiresAuth } = connect;
const app = express();

app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: `http://127.0.0.1:${PORT}`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    // Signs the cookie of this application; keep your own one secret.
    secret: process.env.SESSION_SECRET ?? 'replace me by 32 random bytes or more',
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: 'code', scope: 'openid profile nationality' },
  }),
);

app.get('/', (request, response) => {
  const link = request.oidc.isAuthenticated() ? '/logout">Sign out' : '/me">Sign in';
  response.send(`<a href="${link}</a>`);
});

app.get('/me', requiresAuth(), (request, response, next) => {
  // Levels are in the ID token; what the person agreed to share comes from userinfo.
  const { sub, ial, aal } = request.oidc.idTokenClaims;
  const show = (userinfo) => response.json({ sub, ial, aal, userinfo });
  request.oidc.fetchUserInfo().then(show).catch(next);
});

app.listen(PORT, '127.0.0.1', () => console.log(`Open http://127.0.0.1:${PORT}`));
