import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  DeleteRegisteredModelAlias,
  GetModelVersionByAlias,
  SetRegisteredModelAlias,
} from '@cairn/platform/protocol/registered-models'
import type { FastifyPluginAsync } from 'fastify'
import { requirePromoter } from '../gate/promoter.js'
import { checkAlias, checkAliasName, parseVersion } from '../models/names.js'
import type { ModelStore } from '../models/store.js'
import type { VersionStore } from '../versions/store.js'
import type { AliasStore } from './store.js'

interface Options {
  models: ModelStore
  versions: VersionStore
  aliases: AliasStore
}

/** Sets, deletes and resolves aliases. A gated alias moves only by a promotion (`gate/routes.ts`). */
export const aliasRoutes: FastifyPluginAsync<Options> = async (app, { models, versions, aliases }) => {
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
  handle(app, GetModelVersionByAlias, async ({ name, alias }) => {
    checkAliasName(alias)
    await models.getRow(name)
    return { model_version: await versions.get(name, await aliases.get(name, alias)) }
  })
}

/** Versions of an alias for the audit log. */
export const beforeAndAfter = (before: number | string | undefined, after: string | undefined) => ({
  before: before === undefined ? null : String(before),
  after: after ?? null,
})
