import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { ImportedModel, ImportRegisteredModel } from '@cairn/platform/protocol/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import { putAlias } from '../aliases/store.js'
import { withModelLock } from '../models/lock.js'
import { putModelTags } from '../models/store.js'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { type Tags, withValues } from '../tags.js'
import { nextPosition } from '../versions/locations.js'
import { parseStage } from '../versions/stages.js'
import { CLEARED, clearVersion, putVersionTags } from '../versions/store.js'
import type { LocatedVersion } from './versions.js'

type LocatedModel = Omit<ImportedModel, 'versions'> & { readonly versions: readonly LocatedVersion[] }

export class ModelImport {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  /**
   * A model with its versions, tags and aliases, in one transaction; the same again is merged, and says what holds.
   *
   * @throws RESOURCE_CONFLICT when another version has the number, RESOURCE_DOES_NOT_EXIST for an alias of none
   */
  async put(model: LocatedModel): Promise<Output<typeof ImportRegisteredModel>> {
    const { name, versions } = model
    return withModelLock(this.#db, name, async (tx) => {
      const known = await tx
        .selectFrom('registered_models')
        .select('name')
        .where('name', '=', name)
        .executeTakeFirst()
      await putModel(tx, model)
      await putModelTags(tx, name, withValues(model.tags))
      for (const version of versions)
        await putVersion(tx, rowOf(name, version, await nextPosition(tx)), withValues(version.tags))
      for (const { alias, version } of model.aliases ?? []) await putAlias(tx, name, alias, version)
      return { name, versions: versions.length, outcome: known ? 'merged' : 'created' }
    })
  }
}

function putModel(tx: Transaction<RegistrySchema>, model: LocatedModel) {
  const { name, creation_timestamp, last_updated_timestamp, description, user_id } = model
  const row = {
    creation_timestamp,
    last_updated_timestamp,
    description: description || null,
    user_id: user_id || null,
  }
  return tx
    .insertInto('registered_models')
    .values({ name, ...row })
    .onConflict((on) => on.column('name').doUpdateSet(row))
    .execute()
}

async function putVersion(tx: Transaction<RegistrySchema>, row: ModelVersionRow, tags: Tags) {
  const { name } = row
  const known = await tx
    .selectFrom('model_versions')
    .selectAll()
    .where('name', '=', name)
    .where('version', '=', row.version)
    .executeTakeFirst()
  if (known && known.creation_timestamp !== row.creation_timestamp)
    throw new ApiError(
      'RESOURCE_CONFLICT',
      `Model '${name}' has another version ${row.version} already: rename or delete the model here, or leave it out.`,
    )
  await tx
    .insertInto('model_versions')
    .values(row)
    .onConflict((on) => on.columns(['name', 'version']).doUpdateSet(row))
    .execute()
  if (row.current_stage === DELETED) return clearVersion(tx, name, row.version)
  if (tags.length > 0) await putVersionTags(tx, row, tags)
}

/** A deleted version keeps its number, and nothing of what it said. */
function rowOf(name: string, given: LocatedVersion, position: number): ModelVersionRow {
  const { version, creation_timestamp, last_updated_timestamp } = given
  const times = { name, version, creation_timestamp, last_updated_timestamp, position }
  if (given.current_stage === DELETED) return { ...times, ...CLEARED, current_stage: DELETED }
  return {
    ...times,
    user_id: given.user_id || null,
    current_stage: parseStage(given.current_stage ?? 'None'),
    description: given.description ?? '',
    source: given.source ?? '',
    storage_location: given.storage_location,
    run_id: given.run_id ?? '',
    run_link: given.run_link ?? '',
    model_id: given.model_id,
    model_params: given.model_params,
    model_metrics: given.model_metrics,
  }
}
