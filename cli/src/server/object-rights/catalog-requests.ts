import { type MatrixRequest, query } from './requests.js'

/** A catalog with a schema, and a table and a volume in it. */
export interface CatalogWorld {
  readonly catalog: string
  readonly schema: string
  readonly table: string
  readonly volume: string
  readonly catalog_id: string
  readonly schema_id: string
  readonly table_id: string
  readonly volume_id: string
  /** The URL of the store. */
  readonly store: string
}
export type CatalogKind = 'catalog' | 'schema' | 'table' | 'volume'
type Row = (w: CatalogWorld) => MatrixRequest

const UC = '/api/2.1/unity-catalog'
const place = ({ schema }: CatalogWorld) => {
  const [catalog_name, schema_name] = schema.split('.')
  return { catalog_name, schema_name }
}
const named = (full_name: string) => ({ securable_type: 'catalog', full_name })
/** Callers that may not decide about a request do not see it; `catalog/src/rights.test.ts` covers those that may. */
const noRequest = (decision: string, body: object = {}): MatrixRequest => ({
  url: `/api/cairn/v1/access-requests/unknown/${decision}`,
  body,
  ...{ status: 404, lists: true },
})
const columns = [{ name: 'id', type_name: 'LONG' }]

const catalogs: Readonly<Record<string, Row>> = {
  [`GET ${UC}/catalogs/:name`]: ({ catalog }) => ({ url: `${UC}/catalogs/${catalog}` }),
  [`PATCH ${UC}/catalogs/:name`]: ({ catalog }) => ({
    url: `${UC}/catalogs/${catalog}`,
    body: { comment: 'c' },
  }),
  [`DELETE ${UC}/catalogs/:name`]: ({ catalog }) => ({ url: `${UC}/catalogs/${catalog}?force=true` }),
  [`POST ${UC}/schemas`]: ({ catalog }) => ({
    url: `${UC}/schemas`,
    body: { catalog_name: catalog, name: 'another' },
  }),
  [`PATCH ${UC}/permissions/:securable_type/:full_name`]: ({ catalog }) => ({
    url: `${UC}/permissions/catalog/${catalog}`,
    body: { changes: [] },
  }),
  'GET /api/cairn/v1/access-review/object': ({ catalog }) =>
    query('/api/cairn/v1/access-review/object', named(catalog)),
  'GET /api/cairn/v1/access-review/object.csv': ({ catalog }) =>
    query('/api/cairn/v1/access-review/object.csv', named(catalog)),
  'POST /api/cairn/v1/access-requests/:id/approve': () => noRequest('approve'),
  'POST /api/cairn/v1/access-requests/:id/decline': () => noRequest('decline', { comment: 'c' }),
  'GET /api/cairn/v1/grantees': ({ catalog }) =>
    query('/api/cairn/v1/grantees', { ...named(catalog), query: 'nobody' }),
  'PUT /api/cairn/v1/owners/:securable_type/:full_name': ({ catalog }) => ({
    url: `/api/cairn/v1/owners/catalog/${catalog}`,
    body: { owner: 'none-person' },
    status: 400, // its owner is changed with the catalog
  }),
}

const schemas: Readonly<Record<string, Row>> = {
  [`GET ${UC}/schemas/:full_name`]: ({ schema }) => ({ url: `${UC}/schemas/${schema}` }),
  [`PATCH ${UC}/schemas/:full_name`]: ({ schema }) => ({
    url: `${UC}/schemas/${schema}`,
    body: { comment: 'c' },
  }),
  [`DELETE ${UC}/schemas/:full_name`]: ({ schema }) => ({ url: `${UC}/schemas/${schema}?force=true` }),
  [`POST ${UC}/staging-tables`]: (w) => ({
    url: `${UC}/staging-tables`,
    body: { ...place(w), name: 'staged' },
  }),
  [`POST ${UC}/tables`]: (w) => ({
    url: `${UC}/tables`,
    body: { ...place(w), name: 'another', table_type: 'MANAGED', data_source_format: 'DELTA', columns },
  }),
  'POST /api/cairn/v1/tables': (w) => ({
    url: '/api/cairn/v1/tables',
    body: { ...place(w), name: 'uploaded', columns: [{ name: 'id', type_name: 'LONG' }], csv: 'id\n1\n' },
  }),
  [`POST ${UC}/volumes`]: (w) => ({
    url: `${UC}/volumes`,
    body: { ...place(w), name: 'another', volume_type: 'MANAGED' },
  }),
}

const credentials = (kind: 'table' | 'volume', operation: string): Record<string, Row> =>
  Object.fromEntries(
    ['2.0', '2.1'].map((version): [string, Row] => {
      const url = `/api/${version}/unity-catalog/temporary-${kind}-credentials`
      return [`POST ${url}`, (w) => ({ url, body: { [`${kind}_id`]: w[`${kind}_id`], operation } })]
    }),
  )

const tables: Readonly<Record<string, Row>> = {
  [`GET ${UC}/tables/:full_name`]: ({ table }) => ({ url: `${UC}/tables/${table}` }),
  [`GET ${UC}/tables/:full_name/exists`]: ({ table }) => ({ url: `${UC}/tables/${table}/exists` }),
  [`PATCH ${UC}/tables/:full_name`]: ({ table }) => ({
    url: `${UC}/tables/${table}`,
    body: { new_name: 'renamed' },
  }),
  [`DELETE ${UC}/tables/:full_name`]: ({ table }) => ({ url: `${UC}/tables/${table}` }),
  'GET /api/cairn/v1/tables/:full_name/rows': ({ table }) => ({
    url: `/api/cairn/v1/tables/${table}/rows`,
    status: [200, 400, 404], // nothing has been written
  }),
  ...credentials('table', 'READ'),
  ...Object.fromEntries(
    ['2.0', '2.1'].map((version): [string, Row] => {
      const url = `/api/${version}/unity-catalog/temporary-path-credentials`
      return [
        `POST ${url}`,
        ({ store, table_id }) => ({
          url,
          body: { url: `${store}/tables/${table_id}`, operation: 'PATH_READ' },
        }),
      ]
    }),
  ),
}

/** A file or a directory that may not exist, which callers without a right do not learn. */
const inVolume = (kind: 'files' | 'directories'): Record<string, Row> => {
  const url = ({ volume }: CatalogWorld) =>
    `/api/2.0/fs/${kind}/Volumes/${volume.replaceAll('.', '/')}/one-of-${kind}`
  const route = `/api/2.0/fs/${kind}/*`
  const perhaps: Row = (w) => ({ url: url(w), status: [200, 204, 404] })
  const put: Row = (w) => ({ url: url(w), ...(kind === 'files' && { body: { x: 1 } }) })
  const methods = ['GET', 'DELETE'].map((method) => [`${method} ${route}`, perhaps] as const)
  return { ...Object.fromEntries(methods), [`PUT ${route}`]: put }
}

const volumes: Readonly<Record<string, Row>> = {
  ...inVolume('files'),
  ...inVolume('directories'),
  [`GET ${UC}/volumes/:name`]: ({ volume }) => ({ url: `${UC}/volumes/${volume}` }),
  [`PATCH ${UC}/volumes/:name`]: ({ volume }) => ({
    url: `${UC}/volumes/${volume}`,
    body: { comment: 'c' },
  }),
  [`DELETE ${UC}/volumes/:name`]: ({ volume }) => ({ url: `${UC}/volumes/${volume}` }),
  ...credentials('volume', 'READ_VOLUME'),
}

/** A request of every route on each kind of the catalog. */
export const CATALOG_REQUESTS: Readonly<Record<CatalogKind, Readonly<Record<string, Row>>>> = {
  catalog: catalogs,
  schema: schemas,
  table: tables,
  volume: volumes,
}

/** Requests of lists, which show what the caller may see. */
export const CATALOG_LISTS = (w: CatalogWorld): readonly MatrixRequest[] => [
  { url: `${UC}/catalogs` },
  query(`${UC}/schemas`, { catalog_name: w.catalog }),
  query(`${UC}/tables`, place(w) as Record<string, string>),
  query(`${UC}/volumes`, place(w) as Record<string, string>),
  query(`${UC}/table-summaries`, { catalog_name: w.catalog }),
]
