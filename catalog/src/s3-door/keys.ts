import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a key of the door opens, and for whom. */
export interface Scope {
  readonly type: 'table' | 'volume'
  readonly id: string
  readonly write: boolean
  /** Principal id; its rights are decided anew at every request. */
  readonly principal: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

export interface DoorKeys {
  readonly access_key_id: string
  readonly secret_access_key: string
  readonly session_token: string
}

/**
 * Keys to the S3 door. Nothing is stored: the session token says what it opens and carries a signature, and the secret
 * is derived from it. Signed with a key made from the store's own secret, which every replica knows; where the store
 * has none to tell (instance roles), keys end with the process.
 */
export class Door {
  readonly #key: Buffer
  readonly #now: () => number

  constructor(storeSecret: string, now: () => number) {
    this.#key = storeSecret ? hmac(Buffer.from(storeSecret), 'cairn s3 door') : randomBytes(32)
    this.#now = now
  }

  issue(scope: Scope): DoorKeys {
    const body = Buffer.from(JSON.stringify(scope)).toString('base64url')
    const session_token = `${body}.${hmac(this.#key, `token ${body}`).toString('base64url')}`
    return { ...this.#derive(session_token), session_token }
  }

  /** The scope of a session token with the secret that its holder signs by; undefined when forged or expired. */
  open(session_token: string): { scope: Scope; secret: string; accessKey: string } | undefined {
    const [body = '', signature = ''] = session_token.split('.')
    const expected = hmac(this.#key, `token ${body}`)
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    const scope = JSON.parse(Buffer.from(body, 'base64url').toString()) as Scope
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
