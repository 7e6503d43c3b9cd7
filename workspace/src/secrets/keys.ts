import { join } from 'node:path'
import type { Config } from '@cairn/platform/config'
import { ApiError } from '@cairn/platform/errors'
import { newPassphrase, openKeyFile, replaceKeyFile } from '@cairn/platform/secrets/key-file'
import { SealingKey } from '@cairn/platform/secrets/sealing-key'

/** The file in the data folder with the passphrase, unless a key is configured. After a rotation, line 2 has the previous one. */
export const SECRETS_KEY_FILE = 'secrets.key'

const OTHER_KEY =
  'The secret was encrypted with another key: set the same CAIRN_SECRETS_KEY on all servers of this database, name the earlier key in CAIRN_SECRETS_PREVIOUS_KEY, or put the secret again.'

type Settings = Pick<Config, 'data' | 'secrets_key' | 'secrets_previous_key'>

/** The key that encrypts secrets, and the previous key, which decrypts secrets that are not re-encrypted yet. */
export class SecretKeys {
  readonly #file: string | undefined
  #passphrases: readonly string[]
  #keys: readonly SealingKey[]

  private constructor(passphrases: readonly string[], file?: string) {
    this.#file = file
    this.#passphrases = passphrases
    this.#keys = sealingKeys(passphrases)
  }

  /** Uses the configured keys, or those in the data folder, which are created at the first start. */
  static async open({ data, secrets_key, secrets_previous_key }: Settings): Promise<SecretKeys> {
    if (secrets_key) return new SecretKeys([secrets_key, secrets_previous_key].filter(Boolean))
    const file = join(data, SECRETS_KEY_FILE)
    return new SecretKeys((await openKeyFile(file)).split('\n').filter(Boolean), file)
  }

  /** The prefix of all values that the current key encrypted. */
  get prefix(): string {
    return this.#keys[0]!.prefix
  }

  seal(value: Buffer, boundTo: string): string {
    return this.#keys[0]!.seal(value.toString('base64'), boundTo)
  }

  /** @throws INVALID_STATE for a value that neither key has encrypted */
  unseal(sealed: string, boundTo: string): Buffer {
    const key = this.#keys.find(({ prefix }) => sealed.startsWith(prefix)) ?? this.#keys[0]!
    return Buffer.from(key.unseal(sealed, boundTo), 'base64')
  }

  /**
   * Replaces the key in the data folder. A configured key stays, because the administrator replaces it. The previous key is kept
   * until the next rotation, for secrets that are written concurrently.
   */
  async renew(): Promise<void> {
    if (this.#file === undefined) return
    const passphrases = [newPassphrase(), this.#passphrases[0]!]
    await replaceKeyFile(this.#file, `${passphrases.join('\n')}\n`)
    this.#passphrases = passphrases
    this.#keys = sealingKeys(passphrases)
  }
}

const sealingKeys = (passphrases: readonly string[]) =>
  passphrases.map((one) => new SealingKey(one, { purpose: 'cairn secrets', otherKey: OTHER_KEY }))

/** @throws INVALID_STATE if a key is configured without the previous key, because a rotation would change nothing */
export function requirePreviousKey({ secrets_key, secrets_previous_key }: Settings): void {
  if (!secrets_key || secrets_previous_key) return
  throw new ApiError(
    'INVALID_STATE',
    'The key is configured: set CAIRN_SECRETS_KEY to the new key and CAIRN_SECRETS_PREVIOUS_KEY to the present one on all servers, and run this again.',
  )
}
