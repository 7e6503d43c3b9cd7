import type { Principal } from '@cairn/platform/auth/principal'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { ImportedModel, ImportRegisteredModel } from '@cairn/platform/protocol/cairn/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import { putAlias } from '../aliases/store.js'
import { putModelTags } from '../models/store.js'
import { withModelLock } from '../namespace/lock.js'
import { enterModel } from '../namespace/securable.js'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { type Tags, withValues } from '../tags.js'
import { nextPosition } from '../versions/locations.js'
import { parseStage } from '../versions/stages.js'
import { CLEARED, deleteTagsAndAliases, putVersionTags } from '../versions/store.js'
import type { LocatedVersion } from './versions.js'

type LocatedModel = Omit<ImportedModel, 'versions'> & { readonly versions: readonly LocatedVersion[] }

export class ModelImport {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  /**
   * Writes a model with its versions, tags and aliases in one transaction. Importing it again updates the rows.
   *
   * @throws RESOURCE_CONFLICT when another version has the number, RESOURCE_DOES_NOT_EXIST for an alias of an unknown version
   */
  async put(model: LocatedModel, by: Principal): Promise<Output<typeof ImportRegisteredModel>> {
    const { name, versions } = model
    return withModelLock(this.#db, name, async (tx) => {
      const known = await tx
        .selectFrom('registered_models')
        .select('name')
        .where('name', '=', name)
        .executeTakeFirst()
      await putModel(tx, model)
      if (!known) await enterModel(tx, model, by)
      await putModelTags(tx, name, withValues(model.tags))
      for (const version of versions)
        await putVersion(tx, rowOf(name, version, await nextPosition(tx)), withValues(version.tags))
      for (const { alias, version } of model.aliases ?? [])
        await putAlias(tx, { name, alias, version }, model.last_updated_timestamp)
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
      `Model '${name}' has another version ${row.version} already: rename or delete the model on this server, or exclude it from the import.`,
    )
  await tx
    .insertInto('model_versions')
    .values(row)
    .onConflict((on) => on.columns(['name', 'version']).doUpdateSet(row))
    .execute()
  if (row.current_stage === DELETED)
    return deleteTagsAndAliases(tx, name, row.version, row.last_updated_timestamp)
  if (tags.length > 0) await putVersionTags(tx, row, tags)
}

/** Keeps only the number and the timestamps of a deleted version. */
function rowOf(name: string, imported: LocatedVersion, position: number): ModelVersionRow {
  const { version, creation_timestamp, last_updated_timestamp } = imported
  const times = { name, version, creation_timestamp, last_updated_timestamp, position }
  if (imported.current_stage === DELETED) return { ...times, ...CLEARED, current_stage: DELETED }
  return {
    ...times,
    user_id: imported.user_id || null,
    current_stage: parseStage(imported.current_stage ?? 'None'),
    description: imported.description ?? '',
    source: imported.source ?? '',
    storage_location: imported.storage_location,
    run_id: imported.run_id ?? '',
    run_link: imported.run_link ?? '',
    model_id: imported.model_id,
    model_params: imported.model_params,
    model_metrics: imported.model_metrics,
  }
}
