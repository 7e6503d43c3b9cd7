import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { ApiError } from '@cairn/platform/errors'
import * as alerts from '@cairn/platform/protocol/cairn/alerts'
import { SetOwner } from '@cairn/platform/protocol/cairn/owners'
import type { Client } from '@cairn/platform/protocol/client'
import * as objectPermissions from '@cairn/platform/protocol/databricks/object-permissions'
import * as mlflowAuth from '@cairn/platform/protocol/mlflow/auth'
import { grantableOn, PRIVILEGES } from '@cairn/platform/protocol/privileges'
import * as volumes from '@cairn/platform/protocol/unity/volumes'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { everyNth } from '@cairn/platform/testing/effort'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from './testing/catalog.js'
import { MATRIX } from './testing/rights-matrix.js'
import { type HeldPrivilege, inSchema, type Level, type Row, type World } from './testing/rights-row.js'

const SELF_AND_PARENTS: Readonly<Record<Level, readonly Level[]>> = {
  m: ['m'],
  c: ['c', 'm'],
  s: ['s', 'c', 'm'],
  t: ['t', 's', 'c', 'm'],
  v: ['v', 's', 'c', 'm'],
}
const TYPES = { m: 'metastore', c: 'catalog', s: 'schema', t: 'table', v: 'volume' } as const

/** Rights on objects of other services: `cli/src/server/object-rights/` has their matrix. */
const OF_OTHER_SERVICES = new Set([
  SetOwner.id,
  ...[alerts.ExperimentAlertRules, alerts.JobAlertRules].flatMap((operations) =>
    Object.values(operations).map(({ id }) => id),
  ),
  ...[...Object.values(objectPermissions), ...Object.values(mlflowAuth)].flatMap((operations) =>
    'Get' in operations ? Object.values(operations).map(({ id }) => id) : [],
  ),
])

/** A naive reference: whether a set is held completely, each privilege on its level or above. */
const suffices = (sets: Row['sufficient'], held: readonly HeldPrivilege[]) =>
  sets.some((set) =>
    set.every(([privilege, level]) =>
      held.some(
        ([one, at]) =>
          (one === privilege || (one === 'ALL PRIVILEGES' && privilege !== 'MANAGE')) &&
          SELF_AND_PARENTS[level].includes(at),
      ),
    ),
  )

/** Every single privilege, at the lowest levels that it can be granted on, with the use privileges of the parents. */
function singles(): (readonly HeldPrivilege[])[] {
  const levels: readonly Level[] = ['t', 'v', 's', 'c', 'm']
  return PRIVILEGES.flatMap((privilege) => {
    const grantable = levels.filter((level) => grantableOn(privilege, TYPES[level]))
    const leaves = grantable.filter((level) => level === 't' || level === 'v')
    const lowest = leaves.length > 0 ? leaves : grantable.slice(0, 1)
    return lowest.map((level): readonly HeldPrivilege[] =>
      level === 'm' ? [[privilege, level]] : inSchema([privilege, level]),
    )
  })
}

describe.each(sampledDatabases)('required privileges on %s', (_, database) => {
  const every = everyNth(4, 4)
  let server: TestCatalog
  let shared: World
  let asker: string
  /** An actor for each set of `singles`, with these grants in the shared world. */
  let holders: { held: readonly HeldPrivilege[]; actor: Actor }[]
  let number = 0
  beforeAll(async () => {
    server = await testCatalog(database)
    asker = (await server.actor()).principal.id
    shared = await aWorld()
    holders = await Promise.all(singles().map(async (held) => ({ held, actor: await server.actor() })))
    for (const { held, actor } of holders) await setGrants(actor, held, shared)
  })
  afterAll(() => server.close())

  async function aWorld(): Promise<World> {
    const catalog = `w${++number}`
    const made = await aCatalog(server.owner, catalog)
    const schema = await aSchema(server.owner, `${catalog}.s`)
    const t = await aTable(server.owner, `${catalog}.s.t`)
    const v = await server.owner(volumes.CreateVolume, {
      catalog_name: catalog,
      schema_name: 's',
      name: 'v',
      volume_type: 'MANAGED',
    })
    const owner = LOCAL_OWNER.id
    const securables = {
      m: METASTORE[0],
      c: { type: 'catalog', id: made.id, name: catalog, owner },
      s: { type: 'schema', id: schema.schema_id, name: schema.full_name, owner },
      t: { type: 'table', id: t.table_id, name: t.full_name, owner },
      v: { type: 'volume', id: v.volume_id, name: v.full_name, owner },
    } as const
    const { table_id, storage_location } = t
    const request_id = await aRequest(table_id, t.full_name)
    return { catalog, table_id, volume_id: v.volume_id, location: storage_location, request_id, securables }
  }

  /** Not by the API, which limits the requests of a principal. */
  async function aRequest(securable_id: string, asked_name: string): Promise<string> {
    const id = `request-${number}`
    await server.context.db.for<AuthSchema>().transaction((tx) =>
      tx
        .insertInto('access_requests')
        .values({
          ...{ id, requester: asker, securable_type: 'table', securable_id, asked_name },
          ...{ privileges: '["SELECT"]', level: null, reason: '', state: 'open', created_at: number },
          ...{ expires_at: null, decided_at: null, decided_by: null, comment: null, granted: null },
        })
        .execute(),
    )
    return id
  }

  /** Replaces all grants of the actor. */
  async function setGrants(actor: Actor, held: readonly HeldPrivilege[], world: World) {
    const rows = held.map(([privilege, level]) => ({
      principal_id: actor.principal.id,
      securable_type: world.securables[level].type,
      securable_id: world.securables[level].id,
      privilege,
      granted_by: 'test',
      granted_at: 0,
    }))
    await server.context.db.for<AuthSchema>().transaction(async (tx) => {
      await tx.deleteFrom('grants').where('principal_id', '=', actor.principal.id).execute()
      if (rows.length > 0)
        await tx
          .insertInto('grants')
          .values(rows)
          .onConflict((on) => on.doNothing())
          .execute()
    })
  }

  async function allows(
    row: Row,
    actor: Actor,
    held: readonly HeldPrivilege[],
    world: World,
  ): Promise<boolean> {
    await setGrants(actor, held, world)
    return isAllowed(row, actor, world)
  }

  async function isAllowed(row: Row, actor: Actor, world: World): Promise<boolean> {
    try {
      const answer = await (actor.as as Client)(row.op, row.input(world, actor))
      return row.shows ? row.shows(answer as never, world) : true
    } catch (error) {
      if (String(error).includes('answered with text/csv')) return true // the client expects JSON
      if (!(error instanceof ApiError) || error.statusCode >= 500) throw error
      return ![row.refusal, 'PERMISSION_DENIED'].includes(error.code)
    }
  }

  test('are listed here for every operation', () => {
    const served = Object.values(server.app.swagger().paths ?? {}).flatMap((methods) =>
      Object.values(methods ?? {}).map((one) => (one as { operationId: string }).operationId),
    )
    const expected = [...new Set(served)].filter((id) => !OF_OTHER_SERVICES.has(id))
    expect([...new Set(MATRIX.map((row) => row.op.id))].sort()).toEqual(expected.sort())
  })

  test.each(MATRIX.map((row, index) => [`${row.op.id} (${index})`, row, index] as const))(
    '%s requires a complete set of privileges',
    async (_name, row, index) => {
      const actor = await server.actor()
      for (const set of row.sufficient) {
        const world = row.op.method === 'GET' ? shared : await aWorld()
        expect(await allows(row, actor, set, world), `with ${set.join(' + ')}`).toBe(true)
        for (const missing of set) {
          const rest = set.filter((one) => one !== missing)
          if (suffices(row.sufficient, rest)) continue
          expect(
            await allows(row, actor, rest, shared),
            `with ${rest.join(' + ')} but without ${missing}`,
          ).toBe(false)
        }
      }
      const some = holders.filter((_, at) => (index + at) % every === 0)
      const others = some.filter(({ held }) => !suffices(row.sufficient, held))
      const allowed = await Promise.all(others.map(({ actor }) => isAllowed(row, actor, shared)))
      expect(others.filter((_, at) => allowed[at]).map(({ held }) => held)).toEqual([])
    },
  )
})
