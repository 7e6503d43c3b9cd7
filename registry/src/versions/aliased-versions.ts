import type { Db, Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import { DELETED, type RegistrySchema } from '../schema.js'

/** Resolves aliases to the numbers of versions. */
export class AliasedVersions {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  find(name: string, alias: string): Promise<number | undefined> {
    return findAliased(this.#db.read, name, alias)
  }

  /**
   * The version of an alias; `latest`, in any case, is the highest version.
   *
   * @throws as MLflow: INVALID_PARAMETER_VALUE for an unknown alias, RESOURCE_DOES_NOT_EXIST for `latest` without versions
   */
  async get(name: string, alias: string): Promise<number> {
    if (alias.toLowerCase() === 'latest') return this.#highest(name)
    const version = await this.find(name, alias)
    if (version === undefined) throw invalid(`Registered model alias ${alias} not found.`)
    return version
  }

  async #highest(name: string): Promise<number> {
    const row = await this.#db.read
      .selectFrom('model_versions')
      .select((eb) => eb.fn.max('version').as('version'))
      .where('name', '=', name)
      .where('current_stage', '!=', DELETED)
      .executeTakeFirst()
    if (typeof row?.version !== 'number') throw missing(`Latest version not found for model ${name}.`)
    return row.version
  }
}

export async function findAliased(
  tx: Transaction<RegistrySchema>,
  name: string,
  alias: string,
): Promise<number | undefined> {
  const row = await tx
    .selectFrom('registered_model_aliases')
    .select('version')
    .where('name', '=', name)
    .where('alias', '=', alias)
    .executeTakeFirst()
  return row?.version
}
