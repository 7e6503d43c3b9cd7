import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Securables } from '@cairn/platform/auth/securables'
import type { ApiError } from '@cairn/platform/errors'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'
import type { WorkspaceObjectRow } from '../schema.js'
import { kindOf, noSuchParent, noSuchPath, type ObjectStore } from './objects.js'
import { homeOf, normalizePath, parentOf, ROOT, USERS } from './path.js'

/** Every principal may list these folders; their contents are filtered. */
const OPEN: readonly string[] = [ROOT, USERS]

interface Parts {
  readonly authorizer: Authorizer
  readonly securables: Securables
  readonly objects: ObjectStore
}

/** Authorizes access to workspace objects by path. Hidden objects fail like absent ones. */
export class FileAccess {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Normalises a path. The home of the caller is created when a request first names it. */
  async pathOf(path: string, { principal }: FastifyRequest): Promise<string> {
    const normal = normalizePath(path)
    const home = homeOf(principal)
    const isHome = normal === home || normal.startsWith(`${home}/`)
    if (isHome && !(await this.#parts.objects.find(home)))
      await this.#parts.objects.makeFolders(home, principal)
    return normal
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED */
  async require(request: FastifyRequest, privilege: Privilege, path: string): Promise<WorkspaceObjectRow> {
    const row = await this.#parts.objects.find(path)
    if (!row) throw noSuchPath(path)
    if (OPEN.includes(path) && privilege === 'READ WORKSPACE') request.decided = true
    else await this.#decide(request, privilege, row, () => noSuchPath(path))
    return row
  }

  /**
   * Requires EDIT on the object, or on the folder that would contain it.
   *
   * @returns the object or folder on which it decided
   * @throws RESOURCE_DOES_NOT_EXIST for the folder
   */
  async requireWritable(request: FastifyRequest, path: string): Promise<WorkspaceObjectRow> {
    const near = await this.#parts.objects.nearest(path)
    const absent = () => noSuchParent(path)
    await this.#decide(request, 'EDIT WORKSPACE', near, absent)
    const isInFolder = near.type === 'DIRECTORY' && near.path === parentOf(path)
    if (near.path !== path && !isInFolder) throw absent()
    return near
  }

  /** Requires EDIT on the nearest existing folder, and returns it. If the folder itself exists, visibility suffices. */
  async requireCreatable(request: FastifyRequest, path: string): Promise<WorkspaceObjectRow> {
    const near = await this.#parts.objects.nearest(path)
    if (near.path === path && OPEN.includes(path)) request.decided = true
    else {
      const privilege = near.path === path ? KINDS.directory.visibility : ['EDIT WORKSPACE' as const]
      await this.#decide(request, privilege, near, () => noSuchParent(path))
    }
    return near
  }

  /** Keeps the objects that the caller may see. */
  async visible(
    { principal }: FastifyRequest,
    rows: readonly WorkspaceObjectRow[],
  ): Promise<WorkspaceObjectRow[]> {
    const { authorizer, securables } = this.#parts
    const [first] = rows
    if (!first) return []
    const parent =
      first.parent_id === null ? undefined : await securables.chain('directory', String(first.parent_id))
    if (!parent) return []
    const { visibility } = KINDS.directory
    if ((await authorizer.decide(principal, visibility, parent)).allowed) return [...rows]
    const entries = await Promise.all(
      (['DIRECTORY', 'NOTEBOOK', 'FILE'] as const).map((type) =>
        securables.list(
          kindOf(type),
          rows.filter((row) => row.type === type).map(({ object_id }) => String(object_id)),
        ),
      ),
    )
    const byId = new Map(entries.flat().map((entry) => [entry.id, entry]))
    const known = rows.filter(({ object_id }) => byId.has(String(object_id)))
    const decisions = await authorizer.decideAll(
      principal,
      visibility,
      known.map(({ object_id }) => {
        const { type, id, name, owner } = byId.get(String(object_id))!
        return [{ type, id, name, owner }, ...parent] as const
      }),
    )
    return known.filter((_, i) => decisions[i]!.allowed)
  }

  async #decide(
    request: FastifyRequest,
    privilege: Privilege | readonly Privilege[],
    { type, object_id }: WorkspaceObjectRow,
    absent: () => ApiError,
  ) {
    request.decided = true
    await this.#parts.authorizer.requireOn(
      request.principal,
      [privilege].flat(),
      { type: kindOf(type), ids: [String(object_id)] },
      { note: (one) => request.noteDecision(one), absent },
    )
  }
}
