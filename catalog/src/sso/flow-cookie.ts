import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { cookieOptions, readCookie, writeCookie } from '@cairn/platform/http/session-cookie'

const SECONDS = 600

/** The state of a sign-in between the redirect to the issuer and the return. */
export interface SignInFlow {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly returnTo: string
}

/**
 * Keeps a flow in a signed cookie of the browser that started it. The signing key is derived from the client secret, which all
 * servers know. A public client has no secret, so its key is valid until the process ends.
 */
export class FlowCookie {
  readonly #key: Buffer
  readonly #options: ReturnType<typeof cookieOptions>
  readonly #now: () => number

  constructor(clientSecret: string, publicUrl: string, now: () => number) {
    this.#key = clientSecret
      ? createHmac('sha256', clientSecret).update('cairn sign-in flow').digest()
      : randomBytes(32)
    this.#options = cookieOptions('sso', publicUrl)
    this.#now = now
  }

  /** The `Set-Cookie` header of a flow. */
  write(flow: SignInFlow): string {
    const body = Buffer.from(JSON.stringify({ ...flow, expires: this.#now() + SECONDS * 1000 })).toString(
      'base64url',
    )
    return writeCookie(this.#options, `${body}.${this.#sign(body).toString('base64url')}`, SECONDS)
  }

  remove(): string {
    return writeCookie(this.#options, '', 0)
  }

  /** The flow in a `Cookie` header; undefined when it is absent, forged or expired. */
  read(header: string | undefined): SignInFlow | undefined {
    const [body = '', signature = ''] = readCookie(this.#options.name, header)?.split('.') ?? []
    const actual = Buffer.from(signature, 'base64url')
    const expected = this.#sign(body)
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined
    const flow = JSON.parse(Buffer.from(body, 'base64url').toString()) as SignInFlow & { expires: number }
    return flow.expires > this.#now() ? flow : undefined
  }

  #sign(body: string) {
    return createHmac('sha256', this.#key).update(body).digest()
  }
}
