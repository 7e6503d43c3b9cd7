import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { PROMOTE_MODELS, READ_MODELS } from '../rights.js'
import { Int64, Required } from '../wire.js'

export const GateCheck = Type.Object({
  name: Type.String(),
  passed: Type.Boolean(),
  /** A sentence for users. */
  detail: Type.String(),
  figures: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type GateCheck = Static<typeof GateCheck>

export const GateVerdict = Type.Object({
  name: Type.String(),
  version: Type.String(),
  alias: Type.String(),
  champion_version: Type.Optional(Type.String()),
  passed: Type.Boolean(),
  checks: Type.Array(GateCheck),
})
export type GateVerdict = Static<typeof GateVerdict>

export const Promotion = Type.Object({
  id: Type.String(),
  name: Type.String(),
  version: Type.String(),
  alias: Type.String(),
  verdict: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('forced')]),
  checks: Type.Array(GateCheck),
  champion_version: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  decided_by: Type.String(),
  decided_at: Int64(),
})
export type Promotion = Static<typeof Promotion>

/** The tag of a registered model with the alias that can be moved only through the gate. */
export const GATED_ALIAS = 'cairn.gated_alias'

/** The default alias of the gate. */
export const CHAMPION = 'champion'

const BASE = '/api/cairn/v1/registered-models/{name}'

export const PromoteModelVersion = operation({
  id: 'promoteModelVersion',
  method: 'POST',
  path: `${BASE}/promotions`,
  summary: 'Evaluate the promotion gate and move the alias if it passes or is forced',
  right: PROMOTE_MODELS,
  input: Type.Object({
    name: Required(),
    version: Required(),
    alias: Type.Optional(Type.String()),
    force: Type.Optional(Type.Boolean()),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  }),
  output: Type.Object({ promotion: Promotion }),
})

export const ListPromotions = operation({
  id: 'listPromotions',
  method: 'GET',
  path: `${BASE}/promotions`,
  summary: 'List decisions of the promotion gate, newest first',
  right: READ_MODELS,
  input: Type.Object({ name: Required() }),
  output: Type.Object({ promotions: Type.Array(Promotion) }),
})

export const EvaluateGate = operation({
  id: 'evaluateGate',
  method: 'GET',
  path: `${BASE}/gate`,
  summary: 'Preview the decision of the promotion gate',
  right: READ_MODELS,
  input: Type.Object({ name: Required(), version: Required(), alias: Type.Optional(Type.String()) }),
  output: Type.Object({ gate: GateVerdict }),
})
