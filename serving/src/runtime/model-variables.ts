import { createHash } from 'node:crypto'
import type { Identities } from '@cairn/platform/auth/identities'
import { invalid } from '@cairn/platform/errors'
import type { SecretResolver } from '@cairn/platform/secrets/secret-resolver'
import { type EntityConfig, NO_SECRETS_WITH_ALIAS, secretWithAlias } from '../endpoint-state/config.js'

/** The environment variables of a model's process, with the values of secrets. */
export interface ModelVariables {
  readonly values: Readonly<Record<string, string>>
  /** Redacted in the output of the model. */
  readonly secrets: readonly string[]
  /** Equal variables have equal keys. */
  readonly key: string
}

/** @throws INVALID_PARAMETER_VALUE for a secret that the writer of the configuration may no longer read */
export type VariablesOf = (entity: EntityConfig) => Promise<ModelVariables | undefined>

/** Resolves references to secrets with the rights that the writer of the configuration has now. */
export const variableResolver =
  (resolver: SecretResolver, identities: Identities): VariablesOf =>
  async (entity) => {
    const { environment } = entity
    if (!environment) return undefined
    const withSecret = secretWithAlias(entity, environment.vars) // Configurations of earlier releases may have it.
    if (withSecret !== undefined) throw invalid(`environment_vars.${withSecret} ${NO_SECRETS_WITH_ALIAS}`)
    const principal = await identities.find(environment.principal_id)
    if (principal?.id !== environment.principal_id)
      throw invalid('environment_vars: the principal that wrote the configuration was deleted.')
    const { settings, secrets } = await resolver.resolve(environment.vars, principal)
    const key = createHash('sha256')
      .update(JSON.stringify(Object.entries(settings).sort()))
      .digest('hex')
    return { values: settings, secrets, key }
  }
