import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '@cairn/platform/blobs/disk-parts'
import { hasCode } from '@cairn/platform/db/dialect'
import { ApiError } from '@cairn/platform/errors'

/** In the data folder, unless a key is configured. A backup of the database leaves it out, so that who reads one reads no secrets. */
export const KEY_FILE = 'webhook-secrets.key'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts secrets for the database: AES-256-GCM, bound to the webhook they belong to, so that a row copied to another
 * webhook opens nothing. What is sealed begins with a mark of its key: a server knows which secrets are for it to open.
 */
export class Secrets {
  readonly #key: Buffer
  /** The beginning of everything sealed with this key. */
  readonly mark: string

  constructor(passphrase: string) {
    const derived = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', passphrase, 'cairn webhooks', purpose, bytes))
    this.#key = derived('encryption', 32)
    this.mark = `v1.${derived('mark', 6).toString('hex')}.`
  }

  /** The configured key, else the one in the data folder, made at the first start. */
  static async open(config: { data: string; webhook_secret_key: string }): Promise<Secrets> {
    return new Secrets(config.webhook_secret_key || (await keyIn(config.data)))
  }

  seal(secret: string, webhookId: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(webhookId))
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return this.mark + sealed.toString('base64url')
  }

  /** @throws INVALID_STATE for what another key has sealed, or nobody */
  unseal(sealed: string, webhookId: string): string {
    if (!sealed.startsWith(this.mark)) throw otherKey()
    const bytes = Buffer.from(sealed.slice(this.mark.length), 'base64url')
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
    'The secret of this webhook was encrypted with another key: give all servers on one database the same CAIRN_WEBHOOK_SECRET_KEY, or set the secret again.',
    options,
  )

/** Two processes that start at once agree on one key: the first link wins. On the disk before anything depends on it. */
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
