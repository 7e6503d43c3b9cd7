import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '@cairn/platform/blobs/durable-write'
import { hasCode } from '@cairn/platform/db/dialect'
import { ApiError } from '@cairn/platform/errors'

/** In the data folder, unless a key is configured. Database backups omit it, so that they do not reveal secrets. */
export const KEY_FILE = 'webhook-secrets.key'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts secrets for the database with AES-256-GCM, bound to the webhook id, so that a secret copied to another webhook
 * cannot be decrypted. Sealed secrets start with a prefix that identifies the key.
 */
export class Secrets {
  readonly #key: Buffer
  /** The prefix of everything sealed with this key. */
  readonly keyPrefix: string

  constructor(passphrase: string) {
    const derived = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', passphrase, 'cairn webhooks', purpose, bytes))
    this.#key = derived('encryption', 32)
    this.keyPrefix = `v1.${derived('mark', 6).toString('hex')}.`
  }

  /** Uses the configured key, or the one in the data folder, which is created at the first start. */
  static async open(config: { data: string; webhook_secret_key: string }): Promise<Secrets> {
    return new Secrets(config.webhook_secret_key || (await keyIn(config.data)))
  }

  seal(secret: string, webhookId: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(webhookId))
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return this.keyPrefix + sealed.toString('base64url')
  }

  /** @throws INVALID_STATE for a secret of another key, or a malformed one */
  unseal(sealed: string, webhookId: string): string {
    if (!sealed.startsWith(this.keyPrefix)) throw otherKey()
    const bytes = Buffer.from(sealed.slice(this.keyPrefix.length), 'base64url')
    const end = bytes.length - TAG_BYTES
    try {
      const cipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
      cipher.setAAD(Buffer.from(webhookId)).setAuthTag(bytes.subarray(end))
      return Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, end)), cipher.final()]).toString('utf8')
    } catch (cause) {
      throw otherKey({ cause })
    }
  }
}

const otherKey = (options?: ErrorOptions) =>
  new ApiError(
    'INVALID_STATE',
    'The secret of this webhook was encrypted with another key: set the same CAIRN_WEBHOOK_SECRET_KEY on all servers of this database, or set the secret again.',
    options,
  )

/** Concurrently starting processes agree on one key, since only the first link succeeds. Synced before it is used. */
async function keyIn(folder: string): Promise<string> {
  const file = join(folder, KEY_FILE)
  const found = await readFile(file, 'utf8').catch(() => undefined)
  if (found) return found
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(randomBytes(32).toString('base64url'))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await link(draft, file).catch((error) => {
    if (!hasCode(error, 'EEXIST')) throw error
  })
  await rm(draft)
  await syncFolder(folder)
  return readFile(file, 'utf8')
}
