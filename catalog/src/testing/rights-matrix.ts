import * as accessRequests from '@cairn/platform/protocol/cairn/access-requests'
import * as accessReview from '@cairn/platform/protocol/cairn/access-review'
import * as alerts from '@cairn/platform/protocol/cairn/alerts'
import * as audit from '@cairn/platform/protocol/cairn/audit'
import { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import { Explain } from '@cairn/platform/protocol/cairn/explain'
import { FindPrincipals } from '@cairn/platform/protocol/cairn/grantees'
import * as signIn from '@cairn/platform/protocol/cairn/sign-in'
import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import * as teams from '@cairn/platform/protocol/cairn/teams'
import { RotateToken } from '@cairn/platform/protocol/cairn/token-rotation'
import * as identities from '@cairn/platform/protocol/databricks/identities'
import type { Operation } from '@cairn/platform/protocol/operation'
import * as catalogs from '@cairn/platform/protocol/unity/catalogs'
import * as credentials from '@cairn/platform/protocol/unity/credentials'
import * as permissions from '@cairn/platform/protocol/unity/permissions'
import * as schemas from '@cairn/platform/protocol/unity/schemas'
import * as tables from '@cairn/platform/protocol/unity/tables'
import * as volumes from '@cairn/platform/protocol/unity/volumes'
import { MLFLOW_ROWS } from './mlflow-rights.js'
import {
  IDENTITIES,
  inCatalog,
  inSchema,
  NO_PRIVILEGES,
  type Row,
  SEE_CATALOG,
  SEE_SCHEMA,
  SEE_TABLE,
  SEE_VOLUME,
  type World,
} from './rights-row.js'

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

/** Every operation of the catalog with the privileges that it requires. */
export const MATRIX: readonly Row[] = [
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
    op: CreateTableFromCsv,
    input: (w) => ({ name: 'x', ...parent(w), columns: [{ name: 'id', type_name: 'LONG' }], csv: 'id\n1\n' }),
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
  { op: ReadTableRows, input: named, sufficient: [inSchema(['SELECT', 't'])] },
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
    op: Explain,
    input: (w) => ({ securable_type: 'table', ...named(w), privilege: 'SELECT' }),
    sufficient: NO_PRIVILEGES,
  },
  {
    op: Explain,
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
    op: FindPrincipals,
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
  { op: identities.GetManagedToken, input: () => ({ token_id: 'x' }), sufficient: IDENTITIES },
  { op: identities.DeleteManagedToken, input: () => ({ token_id: 'x' }), sufficient: IDENTITIES },
  { op: RotateToken, input: () => ({}), sufficient: NO_PRIVILEGES },
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
