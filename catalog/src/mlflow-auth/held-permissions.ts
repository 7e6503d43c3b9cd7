import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { type MlflowObjectType, PRIVILEGE_NOUNS, permissionOf } from './levels.js'

/** A permission of a principal in MLflow's terms. */
export interface HeldPermission {
  readonly principal_id: string
  readonly resource_type: MlflowObjectType
  /** The id of an experiment, the name of a registered model, or `*` for all of a type. */
  readonly resource_pattern: string
  /** `*` for all of a type. */
  readonly object_id: string
  /** MLflow's level, or DENY for a denied object. */
  readonly permission: string
}

/** The most owned objects that one list contains. */
const MAX_OWNED = 10_000
const TYPES = Object.keys(PRIVILEGE_NOUNS) as readonly MlflowObjectType[]

/** Reads the grants on experiments and registered models as MLflow's permissions. */
export class HeldPermissions {
  readonly #db: Db<AuthSchema>
  readonly #authorizer: Authorizer

  constructor(db: Db<AuthSchema>, authorizer: Authorizer) {
    this.#db = db
    this.#authorizer = authorizer
  }

  /** Returns the privileges that are granted directly to a principal on an object. */
  async on(type: MlflowObjectType, id: string, principalId: string): Promise<Privilege[]> {
    const rows = await this.#db.read
      .selectFrom('grants')
      .select('privilege')
      .where('securable_type', '=', type)
      .where('securable_id', '=', id)
      .where('principal_id', '=', principalId)
      .execute()
    return rows.map(({ privilege }) => privilege)
  }

  /** Returns the permissions that are granted directly to principals, by principal, on objects that the viewer may see. */
  async of(
    principalIds: readonly string[],
    viewer: Principal,
  ): Promise<ReadonlyMap<string, readonly HeldPermission[]>> {
    if (principalIds.length === 0) return new Map()
    const rows = await this.#db.read
      .selectFrom('grants')
      .leftJoin('securables', (join) =>
        join
          .onRef('securables.type', '=', 'grants.securable_type')
          .onRef('securables.id', '=', 'grants.securable_id'),
      )
      .select(['grants.principal_id', 'grants.securable_type', 'grants.securable_id', 'grants.privilege'])
      .select('securables.name')
      .where('grants.principal_id', 'in', [...new Set(principalIds)])
      .where('grants.securable_type', 'in', [...TYPES, 'metastore'])
      .orderBy('grants.securable_type')
      .orderBy('grants.securable_id')
      .execute()
    const held = [...groupBy(rows, (row) => `${row.principal_id} ${row.securable_type} ${row.securable_id}`)]
    const all = held.flatMap(([, [first, ...others]]) => {
      const privileges = [first!, ...others].map(({ privilege }) => privilege)
      const { principal_id, securable_type: type, securable_id, name } = first!
      return type === 'metastore'
        ? everywhere(principal_id, privileges)
        : [heldOn(principal_id, type as MlflowObjectType, { id: securable_id, name }, privileges)]
    })
    return groupBy(await this.#visibleTo(viewer, all), ({ principal_id }) => principal_id)
  }

  /** Lists the objects of a principal. MLflow records ownership as MANAGE of the creator. */
  async ownedBy(principalId: string, viewer: Principal): Promise<readonly HeldPermission[]> {
    const rows = await this.#db.read
      .selectFrom('securables')
      .select(['type', 'id', 'name'])
      .where('owner', '=', principalId)
      .where('type', 'in', TYPES)
      .orderBy('type')
      .orderBy('id')
      .limit(MAX_OWNED)
      .execute()
    const all = rows.map((row) => heldOn(principalId, row.type as MlflowObjectType, row, ['MANAGE']))
    return this.#visibleTo(viewer, all)
  }

  async #visibleTo(viewer: Principal, all: readonly HeldPermission[]): Promise<HeldPermission[]> {
    const visible = new Map<MlflowObjectType, ReadonlySet<string> | undefined>()
    for (const type of TYPES) {
      const ids = all.filter(({ resource_type }) => resource_type === type).map(({ object_id }) => object_id)
      const allowed = await this.#authorizer.objects.allowedObjects(viewer, KINDS[type].visibility, type)
      visible.set(type, await allowed?.among(ids))
    }
    return all.filter(
      ({ resource_type, object_id }) =>
        object_id === '*' || (visible.get(resource_type)?.has(object_id) ?? true),
    )
  }
}

const heldOn = (
  principal_id: string,
  resource_type: MlflowObjectType,
  { id, name }: { readonly id: string; readonly name: string | null },
  privileges: readonly Privilege[],
): HeldPermission => ({
  ...{ principal_id, resource_type, object_id: id },
  resource_pattern: resource_type === 'experiment' ? id : (name ?? id),
  permission: permissionOf(privileges, 'DENY')!,
})

function everywhere(principal_id: string, held: readonly Privilege[]): HeldPermission[] {
  return TYPES.flatMap((resource_type) => {
    const noun = PRIVILEGE_NOUNS[resource_type]
    const permission = held.includes(`EDIT ${noun}`)
      ? 'EDIT'
      : held.includes(`READ ${noun}`)
        ? 'READ'
        : undefined
    return permission
      ? [{ principal_id, resource_type, resource_pattern: '*', object_id: '*', permission }]
      : []
  })
}

/** Returns the privileges on the metastore that equal a permission on all objects of a type; undefined for other permissions. */
export function privilegesEverywhere(type: MlflowObjectType, level: string): Privilege[] | undefined {
  const noun = PRIVILEGE_NOUNS[type]
  if (level === 'READ' || level === 'USE') return [`READ ${noun}`]
  return level === 'EDIT' ? [`READ ${noun}`, `EDIT ${noun}`] : undefined
}
