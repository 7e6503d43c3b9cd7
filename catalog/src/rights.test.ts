import type { Securable } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { ApiError, type ErrorCode } from '@cairn/platform/errors'
import * as accessRequests from '@cairn/platform/protocol/access-requests'
import * as accessReview from '@cairn/platform/protocol/access-review'
import * as alerts from '@cairn/platform/protocol/alerts'
import * as audit from '@cairn/platform/protocol/audit'
import * as catalogs from '@cairn/platform/protocol/catalogs'
import type { Client } from '@cairn/platform/protocol/client'
import * as credentials from '@cairn/platform/protocol/credentials'
import * as identities from '@cairn/platform/protocol/identities'
import * as imports from '@cairn/platform/protocol/imports'
import * as mlflowAuth from '@cairn/platform/protocol/mlflow-auth'
import * as mlflowRoles from '@cairn/platform/protocol/mlflow-roles'
import * as objectPermissions from '@cairn/platform/protocol/object-permissions'
import type { Operation } from '@cairn/platform/protocol/operation'
import * as permissions from '@cairn/platform/protocol/permissions'
import { grantableOn, PRIVILEGES, type Privilege } from '@cairn/platform/protocol/privileges'
import * as schemas from '@cairn/platform/protocol/schemas'
import * as signIn from '@cairn/platform/protocol/sign-in'
import * as tables from '@cairn/platform/protocol/tables'
import * as teams from '@cairn/platform/protocol/teams'
import * as volumes from '@cairn/platform/protocol/volumes'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { everyNth } from '@cairn/platform/testing/effort'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from './testing/catalog.js'

/** The securable that a privilege is granted on: metastore, catalog, schema, table, volume. */
type Level = 'm' | 'c' | 's' | 't' | 'v'
type HeldPrivilege = readonly [Privilege, Level]

interface World {
  readonly catalog: string
  readonly table_id: string
  readonly volume_id: string
  readonly location: string
  /** An open request of somebody else for SELECT on the table. */
  readonly request_id: string
  readonly securables: Readonly<Record<Level, Securable>>
}

interface Row {
  readonly op: Operation
  readonly input: (world: World, actor: Actor) => object
  /** Each complete set suffices, and nothing less. */
  readonly sufficient: readonly (readonly HeldPrivilege[])[]
  /** For lists: whether the response contains the securables. Other operations succeed or fail. */
  readonly shows?: (answer: never, world: World) => boolean
  /** The error of those who may not; default: PERMISSION_DENIED. */
  readonly refusal?: ErrorCode
}

const UC: HeldPrivilege = ['USE CATALOG', 'c']
const US: HeldPrivilege = ['USE SCHEMA', 's']
const inSchema = (...held: HeldPrivilege[]): readonly HeldPrivilege[] => [...held, US, UC]
const inCatalog = (...held: HeldPrivilege[]): readonly HeldPrivilege[] => [...held, UC]
const NO_PRIVILEGES: Row['sufficient'] = [[]]
const SEE_CATALOG: Row['sufficient'] = [[['USE CATALOG', 'c']], [['BROWSE', 'c']], [['MANAGE', 'c']]]
const SEE_SCHEMA: Row['sufficient'] = [
  inCatalog(['USE SCHEMA', 's']),
  inCatalog(['BROWSE', 's']),
  inCatalog(['MANAGE', 's']),
  [['BROWSE', 'c']],
]
const see = (level: 't' | 'v', ...privileges: Privilege[]): Row['sufficient'] => [
  ...[...privileges, 'BROWSE' as const, 'MANAGE' as const].map((one) => inSchema([one, level])),
  inCatalog(['BROWSE', 's']),
  [['BROWSE', 'c']],
]
const SEE_TABLE = see('t', 'SELECT', 'MODIFY')
const SEE_VOLUME = see('v', 'READ VOLUME', 'WRITE VOLUME')
const IDENTITIES: Row['sufficient'] = [[['MANAGE IDENTITIES', 'm']]]
const table = { table_type: 'MANAGED', columns: [] }
const parent = ({ catalog }: World) => ({ catalog_name: catalog, schema_name: 's' })
const named = ({ catalog }: World) => ({ full_name: `${catalog}.s.t` })
const unknown = { id: 'nobody' }
const twice = (row: Row & { op: { id: string; path: string } & Operation }): Row[] => [
  row,
  { ...row, op: credentials.inDatabricksVersion(row.op) },
]
const scim = (ops: typeof identities.Users): Row[] => [
  { op: ops.List, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: ops.Get, input: () => unknown, sufficient: NO_PRIVILEGES },
  { op: ops.Create, input: () => ({}), sufficient: IDENTITIES },
  { op: ops.Patch, input: () => ({ ...unknown, Operations: [] }), sufficient: IDENTITIES },
  { op: ops.Replace, input: () => unknown, sufficient: IDENTITIES },
  { op: ops.Delete, input: () => unknown, sufficient: IDENTITIES },
]
const lists = <K extends string>(key: K, name: (world: World) => string) =>
  ((answer: Record<K, { full_name: string }[]>, world: World) =>
    answer[key].some((one) => one.full_name === name(world))) as Row['shows'] & object

const somebody = { username: 'nobody' }
const aRole = { role_id: 987_654 }
const everything = { resource_type: 'experiment', resource_id: '*' }
const MANAGE: Row['sufficient'] = [[['MANAGE', 'm']]]
const ADMINISTRATION: Row['sufficient'] = [
  [
    ['ALL PRIVILEGES', 'm'],
    ['MANAGE', 'm'],
  ],
]
/** MLflow's users and roles. Roles that the caller may not see are answered like those that do not exist. */
const MLFLOW_ROWS: readonly Row[] = (
  [
    [mlflowAuth.CreateMlflowUser, { ...somebody, password: 'short' }, IDENTITIES],
    [mlflowAuth.GetMlflowUser, somebody, IDENTITIES],
    [mlflowAuth.ListMlflowUsers, {}, NO_PRIVILEGES],
    [mlflowAuth.GetCurrentMlflowUser, {}, NO_PRIVILEGES],
    [mlflowAuth.UpdateMlflowPassword, { ...somebody, password: 'short' }, IDENTITIES],
    [mlflowAuth.UpdateMlflowAdmin, { ...somebody, is_admin: true }, ADMINISTRATION],
    [mlflowAuth.DeleteMlflowUser, somebody, IDENTITIES],
    [mlflowAuth.GrantMlflowPermission, { ...somebody, ...everything, permission: 'READ' }, MANAGE],
    [mlflowAuth.RevokeMlflowPermission, { ...somebody, ...everything }, MANAGE],
    [mlflowAuth.GetMlflowPermission, { ...somebody, ...everything }, MANAGE],
    ...mlflowAuth.REFUSED_PERMISSIONS.map(({ operation }) => [operation, {}, NO_PRIVILEGES] as const),
    [mlflowRoles.ListMlflowPermissions, somebody, IDENTITIES],
    [mlflowRoles.ListCurrentMlflowPermissions, {}, NO_PRIVILEGES],
    [mlflowRoles.CreateMlflowRole, { workspace: 'elsewhere', name: 'x' }, IDENTITIES],
    [mlflowRoles.GetMlflowRole, aRole, NO_PRIVILEGES],
    [mlflowRoles.ListMlflowRoles, {}, NO_PRIVILEGES],
    [mlflowRoles.UpdateMlflowRole, { ...aRole, name: 'x' }, IDENTITIES],
    [mlflowRoles.DeleteMlflowRole, aRole, IDENTITIES],
    [
      mlflowRoles.AddMlflowRolePermission,
      { ...aRole, resource_type: 'experiment', resource_pattern: '*', permission: 'READ' },
      MANAGE,
    ],
    [mlflowRoles.RemoveMlflowRolePermission, { role_permission_id: 987_654 }, NO_PRIVILEGES],
    [mlflowRoles.ListMlflowRolePermissions, aRole, NO_PRIVILEGES],
    [
      mlflowRoles.UpdateMlflowRolePermission,
      { role_permission_id: 987_654, permission: 'READ' },
      NO_PRIVILEGES,
    ],
    [mlflowRoles.AssignMlflowRole, { ...somebody, ...aRole }, IDENTITIES],
    [mlflowRoles.UnassignMlflowRole, { ...somebody, ...aRole }, IDENTITIES],
    [mlflowRoles.ListMlflowUserRoles, somebody, IDENTITIES],
    [mlflowRoles.ListMlflowRoleUsers, aRole, NO_PRIVILEGES],
    [imports.ImportUser, { name: 'imported', permissions: [] }, IDENTITIES],
    [imports.ImportRole, { name: 'imported role', users: [], permissions: [] }, IDENTITIES],
  ] as const
).map(([op, input, sufficient]) => ({ op, input: () => input, sufficient }))

/** Every operation of the catalog with the privileges that it requires. */
const MATRIX: readonly Row[] = [
  {
    op: catalogs.CreateCatalog,
    input: ({ catalog }) => ({ name: `${catalog}-x` }),
    sufficient: [[['CREATE CATALOG', 'm']]],
  },
  {
    op: catalogs.ListCatalogs,
    input: () => ({}),
    sufficient: SEE_CATALOG,
    shows: lists('catalogs', (w) => w.catalog),
  },
  { op: catalogs.GetCatalog, input: ({ catalog }) => ({ name: catalog }), sufficient: SEE_CATALOG },
  {
    op: catalogs.UpdateCatalog,
    input: ({ catalog }) => ({ name: catalog, comment: 'x' }),
    sufficient: [[['MANAGE', 'c']]],
  },
  {
    op: catalogs.DeleteCatalog,
    input: ({ catalog }) => ({ name: catalog, force: true }),
    sufficient: [[['MANAGE', 'c']]],
  },
  { op: catalogs.GetMetastoreSummary, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: catalogs.GetCurrentMetastoreAssignment, input: () => ({}), sufficient: NO_PRIVILEGES },
  {
    op: schemas.CreateSchema,
    input: ({ catalog }) => ({ catalog_name: catalog, name: 'x' }),
    sufficient: [[['CREATE SCHEMA', 'c']]],
  },
  {
    op: schemas.ListSchemas,
    input: ({ catalog }) => ({ catalog_name: catalog }),
    sufficient: SEE_SCHEMA,
    shows: lists('schemas', (w) => `${w.catalog}.s`),
  },
  { op: schemas.GetSchema, input: ({ catalog }) => ({ full_name: `${catalog}.s` }), sufficient: SEE_SCHEMA },
  {
    op: schemas.UpdateSchema,
    input: ({ catalog }) => ({ full_name: `${catalog}.s`, comment: 'x' }),
    sufficient: [inCatalog(['MANAGE', 's'])],
  },
  {
    op: schemas.DeleteSchema,
    input: ({ catalog }) => ({ full_name: `${catalog}.s`, force: true }),
    sufficient: [inCatalog(['MANAGE', 's'])],
  },
  {
    op: tables.CreateStagingTable,
    input: (w) => ({ name: 'x', ...parent(w) }),
    sufficient: [inCatalog(['CREATE TABLE', 's'])],
  },
  {
    op: tables.CreateTable,
    input: (w) => ({ name: 'x', ...parent(w), ...table }),
    sufficient: [inCatalog(['CREATE TABLE', 's'])],
  },
  {
    op: tables.ListTables,
    input: parent,
    sufficient: SEE_TABLE,
    shows: lists('tables', (w) => `${w.catalog}.s.t`),
  },
  {
    op: tables.ListTableSummaries,
    input: ({ catalog }) => ({ catalog_name: catalog }),
    sufficient: SEE_TABLE,
    shows: lists('tables', (w) => `${w.catalog}.s.t`),
  },
  { op: tables.GetTable, input: named, sufficient: SEE_TABLE },
  { op: tables.TableExists, input: named, sufficient: SEE_TABLE },
  {
    op: tables.UpdateTable,
    input: (w) => ({ ...named(w), new_name: 'y' }),
    sufficient: [inSchema(['MANAGE', 't'])],
  },
  {
    op: tables.UpdateTable,
    input: (w) => ({ ...named(w), comment: 'y' }),
    sufficient: [inSchema(['MODIFY', 't']), inSchema(['MANAGE', 't'])],
  },
  { op: tables.DeleteTable, input: named, sufficient: [inSchema(['MANAGE', 't'])] },
  { op: tables.ReadTableRows, input: named, sufficient: [inSchema(['SELECT', 't'])] },
  {
    op: volumes.CreateVolume,
    input: (w) => ({ name: 'x', ...parent(w), volume_type: 'MANAGED' }),
    sufficient: [inCatalog(['CREATE VOLUME', 's'])],
  },
  {
    op: volumes.ListVolumes,
    input: parent,
    sufficient: SEE_VOLUME,
    shows: lists('volumes', (w) => `${w.catalog}.s.v`),
  },
  { op: volumes.GetVolume, input: ({ catalog }) => ({ name: `${catalog}.s.v` }), sufficient: SEE_VOLUME },
  {
    op: volumes.UpdateVolume,
    input: ({ catalog }) => ({ name: `${catalog}.s.v`, comment: 'x' }),
    sufficient: [inSchema(['MANAGE', 'v'])],
  },
  {
    op: volumes.DeleteVolume,
    input: ({ catalog }) => ({ name: `${catalog}.s.v` }),
    sufficient: [inSchema(['MANAGE', 'v'])],
  },
  ...twice({
    op: credentials.TemporaryTableCredentials,
    input: ({ table_id }) => ({ table_id, operation: 'READ' }),
    sufficient: [inSchema(['SELECT', 't'])],
  }),
  ...twice({
    op: credentials.TemporaryTableCredentials,
    input: ({ table_id }) => ({ table_id, operation: 'READ_WRITE' }),
    sufficient: [inSchema(['SELECT', 't'], ['MODIFY', 't'])],
  }),
  ...twice({
    op: credentials.TemporaryVolumeCredentials,
    input: ({ volume_id }) => ({ volume_id, operation: 'READ_VOLUME' }),
    sufficient: [inSchema(['READ VOLUME', 'v'])],
  }),
  ...twice({
    op: credentials.TemporaryVolumeCredentials,
    input: ({ volume_id }) => ({ volume_id, operation: 'WRITE_VOLUME' }),
    sufficient: [inSchema(['READ VOLUME', 'v'], ['WRITE VOLUME', 'v'])],
  }),
  ...twice({
    op: credentials.TemporaryPathCredentials,
    input: ({ location }) => ({ url: location, operation: 'PATH_READ' }),
    sufficient: [inSchema(['SELECT', 't'])],
  }),
  {
    op: permissions.GetPermissions,
    input: (w) => ({ securable_type: 'table', ...named(w) }),
    sufficient: SEE_TABLE,
  },
  {
    op: permissions.GetEffectivePermissions,
    input: (w) => ({ securable_type: 'table', ...named(w) }),
    sufficient: SEE_TABLE,
  },
  {
    op: permissions.UpdatePermissions,
    input: (w) => ({ securable_type: 'table', ...named(w), changes: [] }),
    sufficient: [inSchema(['MANAGE', 't'])],
  },
  {
    op: permissions.Explain,
    input: (w) => ({ securable_type: 'table', ...named(w), privilege: 'SELECT' }),
    sufficient: NO_PRIVILEGES,
  },
  {
    op: permissions.Explain,
    input: (w) => ({ securable_type: 'table', ...named(w), privilege: 'SELECT', principal: 'owner' }),
    sufficient: [inSchema(['MANAGE', 't']), [['READ AUDIT', 'm']]],
  },
  ...[accessReview.ReviewObject, accessReview.ExportObjectReview].map(
    (op): Row => ({
      op,
      input: (w) => ({ securable_type: 'table', ...named(w) }),
      sufficient: [inSchema(['MANAGE', 't']), [['READ AUDIT', 'm']]],
    }),
  ),
  ...[accessReview.ReviewPrincipal, accessReview.ExportPrincipalReview].flatMap((op): Row[] => [
    { op, input: () => ({}), sufficient: NO_PRIVILEGES },
    { op, input: () => ({ principal: 'owner' }), sufficient: [[['READ AUDIT', 'm']]] },
  ]),
  {
    op: accessRequests.RequestAccess,
    input: (w) => ({ securable_type: 'table', ...named(w), privileges: ['MODIFY'] }),
    sufficient: NO_PRIVILEGES,
  },
  {
    op: accessRequests.ListAccessRequests,
    input: () => ({ box: 'to_decide' }),
    sufficient: [inSchema(['MANAGE', 't'])],
    shows: (({ requests }: { requests: { id: string }[] }, { request_id }: World) =>
      requests.some(({ id }) => id === request_id)) as Row['shows'] & object,
  },
  {
    op: accessRequests.ApproveAccessRequest,
    input: ({ request_id }) => ({ id: request_id }),
    sufficient: [inSchema(['MANAGE', 't'], ['SELECT', 't'])],
    refusal: 'RESOURCE_DOES_NOT_EXIST',
  },
  {
    op: accessRequests.DeclineAccessRequest,
    input: ({ request_id }) => ({ id: request_id, comment: 'no' }),
    sufficient: [inSchema(['MANAGE', 't'])],
    refusal: 'RESOURCE_DOES_NOT_EXIST',
  },
  {
    op: accessRequests.WithdrawAccessRequest,
    input: () => ({ id: 'unknown' }),
    sufficient: NO_PRIVILEGES,
  },
  {
    op: permissions.FindPrincipals,
    input: (w) => ({ securable_type: 'table', ...named(w), query: 'ada' }),
    sufficient: [inSchema(['MANAGE', 't'])],
  },
  { op: teams.PlanTeams, input: () => ({}), sufficient: [[['MANAGE', 'm']]] },
  {
    op: teams.SetUpTeams,
    input: () => ({ teams: [], members_create: false }),
    sufficient: [
      [
        ['MANAGE', 'm'],
        ['MANAGE IDENTITIES', 'm'],
      ],
    ],
  },
  { op: audit.ListAudit, input: () => ({}), sufficient: [[['READ AUDIT', 'm']]] },
  {
    op: audit.ListAudit,
    input: ({ catalog }) => ({ securable: `${catalog}.s.t` }),
    sufficient: [inSchema(['MANAGE', 't']), [['READ AUDIT', 'm']]],
  },
  {
    op: audit.ExportAudit,
    input: () => ({ action: 'none' }), // the client expects JSON or nothing
    sufficient: [[['READ AUDIT', 'm']]],
  },
  ...scim(identities.Users),
  ...scim(identities.UnityUsers),
  ...scim(identities.Groups),
  ...scim(identities.ServicePrincipals),
  { op: identities.Me, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.UnityMe, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.CreateToken, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.ListTokens, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.DeleteToken, input: () => ({ token_id: 'x' }), sufficient: NO_PRIVILEGES },
  { op: identities.CreateOboToken, input: () => ({ application_id: 'x' }), sufficient: IDENTITIES },
  { op: identities.ListManagedTokens, input: () => ({}), sufficient: IDENTITIES },
  { op: identities.DeleteManagedToken, input: () => ({ token_id: 'x' }), sufficient: IDENTITIES },
  { op: identities.RotateToken, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.GetDatabricksConfig, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.GetServiceProviderConfig, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.ListResourceTypes, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: identities.ListScimSchemas, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.GetSignInOptions, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.SignIn, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.SignOut, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.LookUpInvite, input: () => ({ code: 'x' }), sufficient: NO_PRIVILEGES },
  { op: signIn.AcceptInvite, input: () => ({ code: 'x', password: 'x' }), sufficient: NO_PRIVILEGES },
  { op: signIn.GetAccount, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.ListSessions, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: signIn.EndSession, input: () => ({ id: 'x' }), sufficient: NO_PRIVILEGES },
  {
    op: signIn.ChangePassword,
    input: () => ({ current_password: 'x', new_password: 'x' }),
    sufficient: NO_PRIVILEGES,
  },
  { op: signIn.CreateInvite, input: () => ({}), sufficient: IDENTITIES },
  { op: signIn.ListInvites, input: () => ({}), sufficient: IDENTITIES },
  { op: signIn.DeleteInvite, input: () => ({ id: 'x' }), sufficient: IDENTITIES },
  { op: signIn.CreatePasswordReset, input: () => ({ id: 'x' }), sufficient: IDENTITIES },
  { op: signIn.EndSessionsOf, input: () => ({ id: 'x' }), sufficient: IDENTITIES },
  { op: alerts.ListAlerts, input: () => ({}), sufficient: NO_PRIVILEGES },
  { op: alerts.MarkAlertsRead, input: () => ({ read_until: 0 }), sufficient: NO_PRIVILEGES },
  ...MLFLOW_ROWS,
]

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
  permissions.SetOwner.id,
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
