import type { Config } from '@cairn/platform/config'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { SignInFlow } from './flow-cookie.js'

type Settings = Pick<Config, 'oidc_issuer' | 'oidc_client_id' | 'oidc_client_secret' | 'oidc_scopes'>

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

const TIMEOUT_SECONDS = 10

/** The OpenID Connect issuer: authorization code flow with PKCE, and logout where the issuer has it. */
export class Issuer {
  readonly #settings: Settings
  #discovered: Promise<Configuration> | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Returns the issuer's metadata. A failed discovery is repeated at the next sign-in. */
  #configuration(): Promise<Configuration> {
    this.#discovered ??= this.#discover().catch((error) => {
      this.#discovered = undefined
      throw error
    })
    return this.#discovered
  }

  async #discover(): Promise<Configuration> {
    const { oidc_issuer, oidc_client_id, oidc_client_secret } = this.#settings
    const url = new URL(oidc_issuer)
    const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
    const execute = url.protocol === 'http:' && isLocal ? [allowInsecureRequests] : []
    const found = await discovery(url, oidc_client_id, undefined, None(), {
      execute,
      timeout: TIMEOUT_SECONDS,
    })
    if (!oidc_client_secret) return found
    const methods = found.serverMetadata().token_endpoint_auth_methods_supported
    const proof = !methods || methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    const configured = new Configuration(
      found.serverMetadata(),
      oidc_client_id,
      undefined,
      proof(oidc_client_secret),
    )
    configured.timeout = TIMEOUT_SECONDS
    for (const apply of execute) apply(configured)
    return configured
  }

  /** Returns the URL at the issuer where the person signs in, and the state to keep until the return. */
  async start(redirectUri: string, returnTo: string): Promise<{ url: URL; flow: SignInFlow }> {
    const configuration = await this.#configuration()
    const flow = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      returnTo,
    }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#settings.oidc_scopes,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await calculatePKCECodeChallenge(flow.codeVerifier),
      code_challenge_method: 'S256',
    })
    return { url, flow }
  }

  /**
   * Exchanges the code for the claims about the person: those of the ID token, and additional ones of the userinfo endpoint.
   *
   * @throws for an error of the issuer, another state or nonce, and an invalid ID token
   */
  async finish(callback: URL, flow: SignInFlow): Promise<{ claims: Claims; idToken: string | undefined }> {
    const configuration = await this.#configuration()
    const tokens = await authorizationCodeGrant(configuration, callback, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.codeVerifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()!
    const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined
    const more = hasUserInfo ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : {}
    return { claims: { ...more, ...claims }, idToken: tokens.id_token }
  }

  /** Returns the URL that ends the person's session at the issuer; undefined if the issuer has none. */
  async logoutUrl(idToken: string | undefined, returnTo: string): Promise<string | undefined> {
    const configuration = await this.#configuration()
    if (!configuration.serverMetadata().end_session_endpoint) return undefined
    return buildEndSessionUrl(configuration, {
      ...(idToken && { id_token_hint: idToken }),
      post_logout_redirect_uri: returnTo,
    }).href
  }
}
