import type { Naming, Namings } from '@cairn/platform/auth/naming'
import type { Principal } from '@cairn/platform/auth/principal'
import {
  enterSecurable,
  removeSecurable,
  renameSecurable,
  type Securables,
} from '@cairn/platform/auth/securables'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import { sql } from 'kysely'
import type { RegisteredModelRow, RegistrySchema } from '../schema.js'

type Tx = Transaction<RegistrySchema>

const TYPE = 'registered_model'

export const noSuchModel = (name: string) => missing(`Registered Model with name=${name} not found`)

/** Requests name models by their names; grants are on their ids, so that a model created again inherits none. */
export function modelNamings(db: Db<RegistrySchema>): Namings {
  const name: Naming = {
    async find(names) {
      if (names.length === 0) return new Map()
      const { rows } = await sql<{ name: string; id: string }>`
        select wanted.id as name, securables.id from ${idRows(db.dialect, names)} as wanted
        cross join securables where type = ${TYPE} and securables.name = wanted.id`.execute(db.read)
      return new Map(rows.map((row) => [row.name, [row.id]]))
    },
    absent: noSuchModel,
    nothing: '',
  }
  return { name }
}

/** Registers a model as a securable that its creator owns. */
export const enterModel = (
  tx: Tx,
  { name, creation_timestamp }: Pick<RegisteredModelRow, 'name' | 'creation_timestamp'>,
  owner: Principal,
) => enterSecurable(tx, { type: TYPE, id: newId(), name, owner: owner.id, created_at: creation_timestamp })

export async function renameModel(tx: Tx, name: string, newName: string): Promise<void> {
  for (const id of await idsOf(tx, name)) await renameSecurable(tx, TYPE, id, newName)
}

export async function removeModel(tx: Tx, name: string): Promise<void> {
  for (const id of await idsOf(tx, name)) await removeSecurable(tx, TYPE, id)
}

async function idsOf(tx: Tx, name: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('securables')
    .select('id')
    .where('type', '=', TYPE)
    .where('name', '=', name)
    .execute()
  return rows.map(({ id }) => id)
}

/** Registers models of earlier releases as securables that their creators own. */
export async function enterModels(db: Db<RegistrySchema>, securables: Securables): Promise<void> {
  const rows = await db.read
    .selectFrom('registered_models')
    .select(['name', 'user_id', 'creation_timestamp'])
    .where('name', 'not in', (eb) => eb.selectFrom('securables').select('name').where('type', '=', TYPE))
    .execute()
  await securables.enterMissing(
    TYPE,
    rows.map(({ name, user_id, creation_timestamp }) => ({
      ...{ id: newId(), name, creator: user_id, created_at: creation_timestamp },
    })),
  )
}
