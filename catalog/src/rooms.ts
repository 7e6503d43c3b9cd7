import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import { CatalogStore } from './catalogs/store.js'
import { Door } from './s3-door/keys.js'
import type { CatalogSchema } from './schema.js'
import { SchemaStore } from './schemas/store.js'
import { Gate } from './securables/gate.js'
import { Locator } from './securables/locator.js'
import { TableStore } from './tables/store.js'
import { VolumeStore } from './volumes/store.js'

/** What the slices of the catalog share. */
export interface Rooms {
  readonly context: ServiceContext
  readonly db: Db<CatalogSchema>
  readonly locator: Locator
  readonly gate: Gate
  readonly catalogs: CatalogStore
  readonly schemas: SchemaStore
  readonly tables: TableStore
  readonly volumes: VolumeStore
  readonly door: Door
  /** `{ [field]: id }` of a principal that a request names, `{}` when it names none. @throws RESOURCE_DOES_NOT_EXIST */
  readonly principalId: <Field extends string>(
    field: Field,
    name: string | undefined,
  ) => Promise<{ readonly [F in Field]?: string }>
}

export function furnish(context: ServiceContext): Rooms {
  const db = context.db.for<CatalogSchema>()
  const locator = new Locator(db)
  return {
    context,
    db,
    locator,
    gate: new Gate(locator, context.authorizer),
    catalogs: new CatalogStore(db, context.now),
    schemas: new SchemaStore(db, context.now),
    tables: new TableStore(db, context.now),
    volumes: new VolumeStore(db, context.now),
    door: new Door(context.config.s3_secret_key, context.now),
    principalId: async <Field extends string>(field: Field, name: string | undefined) => {
      if (name === undefined) return {}
      const principal = await context.identities.find(name)
      if (!principal) throw missing(`Principal '${name}', named by ${field}, does not exist.`)
      return { [field]: principal.id } as { readonly [F in Field]?: string }
    },
  }
}
