import type { Principal } from '../auth/principal.js'
import type { Tokens } from '../auth/tokens.js'
import { ApiError, invalid } from '../errors.js'
import type { Client } from '../protocol/client.js'
import { GetSecret } from '../protocol/databricks/secrets.js'
import { referenceName, type SecretReference, secretReferences, withSecrets } from './references.js'

interface ResolverParts {
  readonly tokens: Pick<Tokens, 'issue' | 'revoke'>
  /** Creates a client with the rights of a token. */
  readonly client: (token: string) => Client
}

/** Settings with the values of secrets. */
export interface ResolvedSettings {
  readonly settings: Readonly<Record<string, string>>
  /** The values, which are redacted in the output of a process (`redactor.ts`). */
  readonly secrets: readonly string[]
}

const TOKEN_SECONDS = 60

/** Reads the secrets that settings refer to, with the rights that a principal has at that moment. */
export class SecretResolver {
  readonly #parts: ResolverParts

  constructor(parts: ResolverParts) {
    this.#parts = parts
  }

  /**
   * Replaces references in the values of settings, such as environment variables.
   *
   * @throws INVALID_PARAMETER_VALUE naming the setting and the secret, for one that does not exist or that the principal may not
   * read; TEMPORARILY_UNAVAILABLE. No message contains a value.
   */
  async resolve(settings: Readonly<Record<string, string>>, principal: Principal): Promise<ResolvedSettings> {
    const wanted = new Map(
      Object.entries(settings).flatMap(([name, text]) =>
        secretReferences(text).map((reference) => [referenceName(reference), { ...reference, name }]),
      ),
    )
    const values = await this.read(wanted, principal)
    const resolved = Object.entries(settings).map(([name, text]) => [name, withSecrets(text, values)])
    return { settings: Object.fromEntries(resolved), secrets: [...values.values()] }
  }

  /**
   * Reads secrets.
   *
   * @param wanted by `referenceName`, with the name of the setting for messages
   * @returns values by `referenceName`
   * @throws like `resolve`
   */
  async read(
    wanted: ReadonlyMap<string, SecretReference & { readonly name: string }>,
    principal: Principal,
  ): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>()
    if (wanted.size === 0) return values
    const { tokens, client } = this.#parts
    const { secret, token } = await tokens.issue(principal.id, 'read secrets', {
      seconds: TOKEN_SECONDS,
      scopes: ['workspace'],
    })
    try {
      for (const [reference, { scope, key, name }] of wanted)
        values.set(reference, await readSecret(client(secret), { scope, key }, name, principal))
    } finally {
      await tokens.revoke(principal.id, token.id).catch(() => undefined) // it expires anyway
    }
    return values
  }
}

async function readSecret(
  call: Client,
  { scope, key }: { readonly scope: string; readonly key: string },
  setting: string,
  principal: Principal,
): Promise<string> {
  try {
    const { value } = await call(GetSecret, { scope, key })
    return Buffer.from(value, 'base64').toString('utf8')
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.statusCode >= 500) throw cause
    throw invalid(
      `${setting}: '${principal.name}' cannot read the secret {{secrets/${scope}/${key}}}: ${cause.message}`,
      { cause },
    )
  }
}
