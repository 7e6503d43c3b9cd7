// A real OpenID Connect issuer: `node openid-issuer.mjs PORT REDIRECT_URI LOGOUT_URI`. Any login with any password signs in.
import Provider from 'oidc-provider'

const [port, redirectUri, logoutUri] = process.argv.slice(2)

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'cairn',
      client_secret: 'a-client-secret',
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [logoutUri],
    },
  ],
  claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  cookies: { keys: ['a cookie key'] },
  findAccount: (_context, login) => ({
    accountId: login,
    claims: () => ({
      sub: login,
      email: `${login}@example.org`,
      email_verified: login !== 'unverified',
      name: login,
      groups: ['modelling'],
    }),
  }),
})

provider.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
