import type { Config } from '@cairn/platform/config'
import type { SingleSignOn } from '../sign-in/routes.js'
import { FlowCookie } from './flow-cookie.js'
import { Issuer } from './issuer.js'
import { SSO_START, serverUrl } from './routes.js'

/** Creates the services of single sign-on from the settings of a server with an issuer. */
export function singleSignOn(
  config: Config,
  now: () => number,
): SingleSignOn & { readonly issuer: Issuer; readonly flowCookie: FlowCookie } {
  const issuer = new Issuer(config)
  return {
    issuer,
    flowCookie: new FlowCookie(config.oidc_client_secret, config.public_url, now),
    name: config.oidc_name || new URL(config.oidc_issuer).host,
    path: SSO_START,
    logoutUrl: (idToken, request) => issuer.logoutUrl(idToken, `${serverUrl(config, request)}/`),
  }
}
