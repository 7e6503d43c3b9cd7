import { handle } from '@cairn/platform/http/handle'
import {
  CHAMPION,
  EvaluateGate,
  ListPromotions,
  PromoteModelVersion,
} from '@cairn/platform/protocol/cairn/promotions'
import type { FastifyPluginAsync } from 'fastify'
import { beforeAndAfter } from '../aliases/routes.js'
import type { ModelRows } from '../namespace/model-rows.js'
import { checkAlias, parseVersion } from '../namespace/names.js'
import type { Gate } from './gate.js'
import type { PromotionStore } from './store.js'

interface Options {
  gate: Gate
  models: ModelRows
  promotions: PromotionStore
  now: () => number
}

/** Promotes versions: moves an alias to a version that passes the gate, or that the caller forces. */
export const gateRoutes: FastifyPluginAsync<Options> = async (app, { gate, models, promotions, now }) => {
  handle(
    app,
    PromoteModelVersion,
    async ({ name, version, alias = CHAMPION, force = false, reason }, request) => {
      checkAlias(alias)
      const verdict = await gate.evaluate(name, parseVersion(version), alias)
      const outcome = verdict.passed ? 'passed' : force ? 'forced' : 'failed'
      const decision = { verdict: outcome, reason, by: request.principal.name, at: now() } as const
      const promotion = await promotions.create(verdict, decision)
      if (outcome !== 'failed') {
        const versions = beforeAndAfter(promotion.champion_version, promotion.version)
        request.noteChange({ field: `alias ${alias}`, ...versions })
      }
      return { promotion }
    },
  )
  handle(app, ListPromotions, async ({ name }) => {
    await models.get(name)
    return { promotions: await promotions.list(name) }
  })
  handle(app, EvaluateGate, async ({ name, version, alias = CHAMPION }) => ({
    gate: await gate.evaluate(name, parseVersion(version), alias),
  }))
}
