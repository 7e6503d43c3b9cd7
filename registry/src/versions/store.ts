import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'
import { recordMove } from '../alias-moves/moves.js'
import { withModelLock } from '../namespace/lock.js'
import { touchModel } from '../namespace/model-rows.js'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import type { Tags } from '../tags.js'
import type { Outbox } from '../webhooks/outbox.js'
import { nextPosition } from './locations.js'
import { latestVersions, readVersion } from './read-versions.js'
import { requireActiveStage, type Stage } from './stages.js'

export type NewVersion = Omit<
  ModelVersionRow,
  'version' | 'creation_timestamp' | 'last_updated_timestamp' | 'current_stage' | 'position'
>

const notFound = (name: string, version: number) =>
  missing(`Model Version (name=${name}, version=${version}) not found`)

/** The columns that a deleted version loses. */
export const CLEARED = {
  description: '',
  source: '',
  storage_location: '',
  run_id: '',
  run_link: '',
  model_id: null,
  model_params: null,
  model_metrics: null,
  user_id: null,
} as const

/** Stores model versions. A deleted version keeps its row, without contents, so that its number is not used again. */
export class VersionStore {
  readonly #db: Db<RegistrySchema>
  readonly #outbox: Outbox
  readonly #now: () => number

  constructor(db: Db<RegistrySchema>, { outbox, now }: { outbox: Outbox; now: () => number }) {
    this.#db = db
    this.#outbox = outbox
    this.#now = now
  }

  /** Numbers start at 1 and are never reused, not even after a deletion. @throws RESOURCE_DOES_NOT_EXIST for an unknown model */
  async create(version: NewVersion, tags: Tags): Promise<ModelVersion> {
    const { name } = version
    const row = await withModelLock(this.#db, name, async (tx) => {
      await touchModel(tx, name, this.#now())
      const { last } = await tx
        .selectFrom('model_versions')
        .select((eb) => eb.fn.max('version').as('last'))
        .where('name', '=', name)
        .executeTakeFirstOrThrow()
      const time = this.#now()
      const created: ModelVersionRow = {
        ...version,
        version: (last ?? 0) + 1,
        creation_timestamp: time,
        last_updated_timestamp: time,
        current_stage: 'None',
        position: await nextPosition(tx),
      }
      await tx.insertInto('model_versions').values(created).execute()
      if (tags.length > 0) await putVersionTags(tx, created, tags)
      await this.#outbox.put(tx, { kind: 'version created', ...created, tags })
      return created
    })
    return readVersion(this.#db, row)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also for a deleted version */
  async getRow(name: string, version: number): Promise<ModelVersionRow> {
    return getVersion(this.#db.read, name, version)
  }

  /** @throws as `getRow` */
  async get(name: string, version: number): Promise<ModelVersion> {
    return readVersion(this.#db, await this.getRow(name, version))
  }

  async setDescription(name: string, version: number, description: string): Promise<ModelVersion> {
    await withModelLock(this.#db, name, async (tx) => {
      await getVersion(tx, name, version)
      await updateVersion(tx, name, version, { description, last_updated_timestamp: this.#now() })
    })
    return this.get(name, version)
  }

  /** @param archive moves the versions that are in the stage to Archived */
  async transition(name: string, version: number, stage: Stage, archive: boolean): Promise<ModelVersion> {
    if (archive) requireActiveStage(stage)
    await withModelLock(this.#db, name, async (tx) => {
      await getVersion(tx, name, version)
      const time = this.#now()
      if (archive)
        await tx
          .updateTable('model_versions')
          .set({ current_stage: 'Archived', last_updated_timestamp: time })
          .where('name', '=', name)
          .where('current_stage', '=', stage)
          .where('version', '!=', version)
          .execute()
      await updateVersion(tx, name, version, { current_stage: stage, last_updated_timestamp: time })
      await touchModel(tx, name, time)
    })
    return this.get(name, version)
  }

  /** Clears the row but keeps it, so that the number is never reused. */
  async delete(name: string, version: number): Promise<void> {
    await withModelLock(this.#db, name, async (tx) => {
      await getVersion(tx, name, version)
      await deleteTagsAndAliases(tx, name, version, this.#now())
      await updateVersion(tx, name, version, {
        ...CLEARED,
        current_stage: DELETED,
        last_updated_timestamp: this.#now(),
      })
      await touchModel(tx, name, this.#now())
    })
  }

  async setTag(name: string, version: number, key: string, value: string): Promise<void> {
    await withModelLock(this.#db, name, async (tx) => {
      await putVersionTags(tx, await getVersion(tx, name, version), [{ key, value }])
      await this.#outbox.put(tx, { kind: 'version tag set', name, version, key, value })
    })
  }

  async deleteTag(name: string, version: number, key: string): Promise<void> {
    await withModelLock(this.#db, name, async (tx) => {
      await getVersion(tx, name, version)
      const { numDeletedRows } = await tx
        .deleteFrom('model_version_tags')
        .where('name', '=', name)
        .where('version', '=', version)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows > 0n) await this.#outbox.put(tx, { kind: 'version tag deleted', name, version, key })
    })
  }

  /** The highest version of each stage, or of the given stages. */
  async latest(name: string, stages: readonly Stage[] = []): Promise<ModelVersion[]> {
    const all = await latestVersions(this.#db, [name])
    return all.filter((version) => stages.length === 0 || stages.includes(version.current_stage as Stage))
  }
}

export async function getVersion(
  tx: Transaction<RegistrySchema>,
  name: string,
  version: number,
): Promise<ModelVersionRow> {
  const row = await tx
    .selectFrom('model_versions')
    .selectAll()
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst()
  if (!row || row.current_stage === DELETED) throw notFound(name, version)
  return row
}

/** Deletes the tags and aliases of a version. */
export async function deleteTagsAndAliases(
  tx: Transaction<RegistrySchema>,
  name: string,
  version: number,
  at: number,
): Promise<void> {
  await tx.deleteFrom('model_version_tags').where('name', '=', name).where('version', '=', version).execute()
  const aliases = await tx
    .deleteFrom('registered_model_aliases')
    .where('name', '=', name)
    .where('version', '=', version)
    .returning('alias')
    .execute()
  for (const { alias } of aliases) await recordMove(tx, { name, alias, version: null, at })
}

const updateVersion = (
  tx: Transaction<RegistrySchema>,
  name: string,
  version: number,
  change: Partial<ModelVersionRow>,
) =>
  tx
    .updateTable('model_versions')
    .set(change)
    .where('name', '=', name)
    .where('version', '=', version)
    .execute()

export function putVersionTags(
  tx: Transaction<RegistrySchema>,
  { name, version }: { name: string; version: number },
  tags: Tags,
) {
  const rows = lastByKey(tags).map((tag) => ({ name, version, ...tag }))
  return tx
    .insertInto('model_version_tags')
    .values(rows)
    .onConflict((on) =>
      on.columns(['name', 'version', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute()
}
