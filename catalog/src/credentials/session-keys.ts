import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The table or volume that session keys give access to, and the principal that they were issued to. */
export interface SessionScope {
  readonly type: 'table' | 'volume'
  readonly id: string
  readonly write: boolean
  /** Principal id; its privileges are checked again at every request. */
  readonly principal: string
  /** Id of the token or session that requested the keys. They end with it. */
  readonly token?: string
  readonly session?: string
  /** The time at which the password that requested the keys was set. A changed password ends them. */
  readonly password?: number
  /** Milliseconds since the epoch. */
  readonly expires: number
}

export interface SessionCredentials {
  readonly access_key_id: string
  readonly secret_access_key: string
  readonly session_token: string
}

/**
 * Stateless keys for the S3 gateway: the session token is the signed scope, and the secret is derived from the token.
 * The signing key comes from the store's own secret, which every replica knows; without one (instance roles), keys are
 * valid until the process ends.
 */
export class SessionKeys {
  readonly #key: Buffer
  readonly #now: () => number

  constructor(storeSecret: string, now: () => number) {
    // Replicas of different versions must derive the same key, so the label never changes.
    this.#key = storeSecret ? hmac(Buffer.from(storeSecret), 'cairn s3 door') : randomBytes(32)
    this.#now = now
  }

  issue(scope: SessionScope): SessionCredentials {
    const body = Buffer.from(JSON.stringify(scope)).toString('base64url')
    const session_token = `${body}.${hmac(this.#key, `token ${body}`).toString('base64url')}`
    return { ...this.#derive(session_token), session_token }
  }

  /** The scope and the keys of a session token; undefined when it is forged or expired. */
  verify(session_token: string): { scope: SessionScope; secret: string; accessKey: string } | undefined {
    const [body = '', signature = ''] = session_token.split('.')
    const expected = hmac(this.#key, `token ${body}`)
    const actual = Buffer.from(signature, 'base64url')
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined
    const scope = JSON.parse(Buffer.from(body, 'base64url').toString()) as SessionScope
    if (scope.expires <= this.#now()) return undefined
    const { secret_access_key, access_key_id } = this.#derive(session_token)
    return { scope, secret: secret_access_key, accessKey: access_key_id }
  }

  #derive(session_token: string) {
    const id = hmac(this.#key, `id ${session_token}`).toString('hex').slice(0, 15).toUpperCase()
    return {
      access_key_id: `CAIRN${id}`,
      secret_access_key: hmac(this.#key, `secret ${session_token}`).toString('base64url').slice(0, 40),
    }
  }
}

export const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
