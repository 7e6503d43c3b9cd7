import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { ApiError } from '../errors.js'

const NONCE_BYTES = 12
const TAG_BYTES = 16

interface SealingOptions {
  /** The purpose. Keys that are derived for other purposes are different. */
  readonly purpose: string
  /** The message of the error for a text that was sealed with another key. */
  readonly otherKey: string
}

/**
 * Encrypts texts for the database with AES-256-GCM, bound to an id, so that a text copied to another row cannot be decrypted.
 * Sealed texts start with a prefix that identifies the key.
 */
export class SealingKey {
  readonly #key: Buffer
  readonly #otherKey: string
  /** The prefix of everything sealed with this key. */
  readonly prefix: string

  constructor(passphrase: string, { purpose, otherKey }: SealingOptions) {
    const derived = (info: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', passphrase, purpose, info, bytes))
    this.#key = derived('encryption', 32)
    this.#otherKey = otherKey
    this.prefix = `v1.${derived('mark', 6).toString('hex')}.`
  }

  seal(text: string, boundTo: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(boundTo))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return this.prefix + sealed.toString('base64url')
  }

  /** Decrypts a text. @throws INVALID_STATE for a text of another key, or a malformed one */
  unseal(sealed: string, boundTo: string): string {
    const raw = Buffer.from(sealed.slice(this.prefix.length), 'base64url')
    try {
      if (!sealed.startsWith(this.prefix)) throw new Error('sealed with another key')
      const cipher = createDecipheriv('aes-256-gcm', this.#key, raw.subarray(0, NONCE_BYTES))
      cipher.setAAD(Buffer.from(boundTo)).setAuthTag(raw.subarray(-TAG_BYTES))
      return Buffer.concat([cipher.update(raw.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]).toString()
    } catch (cause) {
      throw new ApiError('INVALID_STATE', this.#otherKey, { cause })
    }
  }

  /** Returns a digest that is the same for equal texts. Nobody can compute it without the key. */
  digest(text: string): string {
    return this.prefix + createHmac('sha256', this.#key).update(`digest ${text}`).digest('base64url')
  }
}
