import type { DefaultAccess } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Principal } from '@cairn/platform/auth/principal'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Config } from '@cairn/platform/config'
import type { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { CreateCatalog } from '@cairn/platform/protocol/unity/catalogs'
import { CreateSchema } from '@cairn/platform/protocol/unity/schemas'
import { CreateTable, type TableInfo } from '@cairn/platform/protocol/unity/tables'
import type { ServiceContext } from '@cairn/platform/service-context'
import { testApp } from '@cairn/platform/testing/app'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { catalog } from '../plugin.js'
import { Locator } from '../securables/locator.js'
import type { NamedType } from '../securables/names.js'

export interface Actor {
  readonly principal: Principal
  readonly token: string
  /** A client with the actor's token. */
  readonly as: Client
}

interface TestCatalogOptions {
  readonly store?: (own: Blobs) => Blobs
  readonly now?: () => number
  readonly settings?: Partial<Config>
  readonly defaults?: DefaultAccess
}

/** Starts the catalog on a fresh database, with a client of its owner and helpers for actors and grants. */
export async function testCatalog(
  database: TestDatabase,
  { store = (own) => own, now, settings, defaults }: TestCatalogOptions = {},
) {
  let context!: ServiceContext
  const { app, close } = await testApp(
    async (app, given) => {
      context = { ...given, blobs: store(given.blobs) }
      await app.register(async (service) => {
        service.addHook('onRoute', (route) => {
          route.config = { ...route.config, service: 'catalog' } // as a server does, for scopes of tokens
        })
        await service.register(catalog, { context })
      })
    },
    { database, ...(now && { now }), ...(settings && { settings }), ...(defaults && { defaults }) },
  )
  const locator = new Locator(context.db.for())
  let number = 0
  return {
    app,
    context,
    close,
    owner: context.client(),
    locator,
    /** Creates a principal, by default a user, with a token. */
    async actor(type: 'user' | 'service_principal' = 'user', name = `${type}-${++number}`): Promise<Actor> {
      const principal = await context.identities.create(type, name)
      const { secret } = await context.tokens.issue(principal.id, 'test')
      return { principal, token: secret, as: context.client(secret) }
    },
    async grant(who: Principal, type: NamedType | 'metastore', fullName: string, ...add: Privilege[]) {
      const [securable] = type === 'metastore' ? METASTORE : await locator.find(type, fullName)
      await context.grants.change(securable, [{ principal_id: who.id, add, remove: [] }], LOCAL_OWNER)
    },
    async revoke(who: Principal, type: NamedType | 'metastore', fullName: string, ...remove: Privilege[]) {
      const [securable] = type === 'metastore' ? METASTORE : await locator.find(type, fullName)
      await context.grants.change(securable, [{ principal_id: who.id, add: [], remove }], LOCAL_OWNER)
    },
  }
}

/** Returns the same store under another address. With the address of a bucket, clients read it through the S3 gateway. */
export const addressedAs = (blobs: Blobs, root: string): Blobs =>
  Object.assign(Object.create(blobs), {
    uri: (key: string) => (key ? `${root}/${key}` : root),
    put: blobs.put.bind(blobs),
    get: blobs.get.bind(blobs),
    reader: blobs.reader?.bind(blobs),
    head: blobs.head.bind(blobs),
    walk: blobs.walk.bind(blobs),
    list: blobs.list.bind(blobs),
    delete: blobs.delete.bind(blobs),
  })

export type TestCatalog = Awaited<ReturnType<typeof testCatalog>>

export const aCatalog = (as: Client, name: string) => as(CreateCatalog, { name })

/** `aSchema(owner, 'c.s')`, in an existing catalog. */
export function aSchema(as: Client, fullName: string) {
  const [catalog_name, name] = fullName.split('.') as [string, string]
  return as(CreateSchema, { catalog_name, name })
}

/** `aTable(owner, 'c.s.t')`, with one column by default. */
export function aTable(as: Client, fullName: string, more: Partial<Input<typeof CreateTable>> = {}) {
  const [catalog_name, schema_name, name] = fullName.split('.') as [string, string, string]
  const columns = [{ name: 'id', type_name: 'LONG' as const }]
  return as(CreateTable, {
    catalog_name,
    schema_name,
    name,
    table_type: 'MANAGED',
    columns,
    ...more,
  }) as Promise<TableInfo>
}

/** Returns the error of a call that must fail. */
export const failure = (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    (value) => Promise.reject(new Error(`succeeded with ${JSON.stringify(value)}`)),
    (error) => error,
  )
