import type { Announce } from '@cairn/platform/events/announcer'
import { announceEffects, effect } from '@cairn/platform/http/plugins/announce'
import type { Change } from '@cairn/platform/protocol/events'
import { ImportRegisteredModel } from '@cairn/platform/protocol/imports'
import {
  CreateModelVersion,
  DeleteModelVersion,
  DeleteModelVersionTag,
  SetModelVersionTag,
  TransitionModelVersionStage,
  UpdateModelVersion,
} from '@cairn/platform/protocol/model-versions'
import { PromoteModelVersion } from '@cairn/platform/protocol/promotions'
import {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  DeleteRegisteredModelAlias,
  DeleteRegisteredModelTag,
  RenameRegisteredModel,
  SetRegisteredModelAlias,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/registered-models'
import type { FastifyInstance } from 'fastify'

const model = ({ name }: { name: string }): Change[] => [{ type: 'registered_model', name }]

const alias = ({ name, alias }: { name: string; alias: string }): Change[] => [
  { type: 'model_alias', name, alias },
]

const version = ({ name, version }: { name: string; version: string | number }): Change[] => [
  { type: 'model_version', name, version: String(version) },
]

const EFFECTS = [
  effect(CreateRegisteredModel, model),
  effect(ImportRegisteredModel, model),
  effect(UpdateRegisteredModel, model),
  effect(RenameRegisteredModel, ({ name, new_name }) => [
    ...model({ name }),
    ...(new_name ? model({ name: new_name }) : []),
  ]),
  effect(DeleteRegisteredModel, model),
  effect(SetRegisteredModelTag, model),
  effect(DeleteRegisteredModelTag, model),
  effect(SetRegisteredModelAlias, alias),
  effect(DeleteRegisteredModelAlias, alias),
  effect(PromoteModelVersion, (input, { promotion }) => alias({ ...input, alias: promotion.alias })),
  effect(CreateModelVersion, (_input, { model_version }) => version(model_version)),
  effect(UpdateModelVersion, version),
  effect(DeleteModelVersion, version),
  effect(TransitionModelVersionStage, version),
  effect(SetModelVersionTag, version),
  effect(DeleteModelVersionTag, version),
]

/** Announces every change of models, versions and aliases, by the operation that makes it. */
export const announceRegistry = (app: FastifyInstance, announce: Announce) =>
  announceEffects(app, announce, EFFECTS)
