// A directory for the tests: a certified OpenID provider that lets in whoever is named by login_hint, or on its page, with the claims of
// the file.
// Prints its port. directory.mjs CLAIMS REDIRECT

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// Where .ci/prepare installs it.
const require = createRequire(`${process.env.OIDC_PROVIDER_FOLDER}/`);
const { default: Provider } = await import(require.resolve('oidc-provider'));

const [, , file, redirect] = process.argv;
const people = () => JSON.parse(readFileSync(file, 'utf8'));
const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'salle', client_secret: 'un-secret-du-repertoire', redirect_uris: [redirect] }],
  claims: { openid: ['sub', 'groups', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people()[id] }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: 'salle', accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

const serve = provider.callback();
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return serve(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const who = params.login_hint ?? new URL(request.url, 'http://localhost').searchParams.get('who');
  if (!who) {
    response.setHeader('content-type', 'text/html');
    return response.end('<form><input name="who"><button>OK</button></form>');
  }
  const login = { accountId: who, amr: people()[who].amr };
  return provider.interactionFinished(request, response, { login });
});
// Nobody reads on: what the library says of itself goes nowhere.
console.log(port);
process.stdout.on('error', () => {});
