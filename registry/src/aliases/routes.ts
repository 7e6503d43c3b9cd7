import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { ListAliasMoves } from '@cairn/platform/protocol/cairn/alias-moves'
import {
  DeleteRegisteredModelAlias,
  GetModelVersionByAlias,
  SetRegisteredModelAlias,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelRows } from '../namespace/model-rows.js'
import { checkAlias, checkAliasName, parseVersion } from '../namespace/names.js'
import { requirePromoter } from '../namespace/promoter.js'
import type { AliasedVersions } from '../versions/aliased-versions.js'
import type { VersionStore } from '../versions/store.js'
import type { AliasStore } from './store.js'

interface Options {
  models: ModelRows
  versions: VersionStore
  aliases: AliasStore
  aliased: AliasedVersions
}

/** Sets, deletes and resolves aliases. A gated alias moves only by a promotion (`gate/routes.ts`). */
export const aliasRoutes: FastifyPluginAsync<Options> = async (
  app,
  { models, versions, aliases, aliased },
) => {
  handle(app, SetRegisteredModelAlias, async ({ name, alias, version }, request) => {
    checkAlias(alias)
    if ((await models.gatedAlias(name)) === alias)
      throw invalid(
        `The alias '${alias}' of '${name}' moves only through its gate: \`cairn models promote ${name} ${version}\`, or POST /api/cairn/v1/registered-models/${name}/promotions.`,
      )
    const before = await aliases.put(name, alias, parseVersion(version))
    request.noteChange({ field: `alias ${alias}`, ...beforeAndAfter(before, version) })
    return {}
  })
  handle(app, DeleteRegisteredModelAlias, async ({ name, alias }, request) => {
    checkAliasName(alias)
    // The next version could take the alias without a comparison.
    if ((await models.gatedAlias(name)) === alias) await requirePromoter(request, name)
    const before = await aliases.delete(name, alias)
    request.noteChange({ field: `alias ${alias}`, ...beforeAndAfter(before, undefined) })
    return {}
  })
  handle(app, ListAliasMoves, async ({ name }) => {
    await models.get(name)
    return { moves: await aliases.moves(name) }
  })
  handle(app, GetModelVersionByAlias, async ({ name, alias }) => {
    checkAliasName(alias)
    await models.get(name)
    return { model_version: await versions.get(name, await aliased.get(name, alias)) }
  })
}

/** Versions of an alias for the audit log. */
export const beforeAndAfter = (before: number | string | undefined, after: string | undefined) => ({
  before: before === undefined ? null : String(before),
  after: after ?? null,
})
