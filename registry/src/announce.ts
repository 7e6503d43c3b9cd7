import type { Announce } from '@cairn/platform/events/announcer'
import { announceChanges, changesOf } from '@cairn/platform/http/plugins/announce-changes'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import { ImportRegisteredModel } from '@cairn/platform/protocol/cairn/imports'
import { PromoteModelVersion } from '@cairn/platform/protocol/cairn/promotions'
import { UpdateUnityCatalogModel } from '@cairn/platform/protocol/databricks/unity-catalog-registry'
import { TransitionWorkspaceModelVersion } from '@cairn/platform/protocol/databricks/workspace-registry'
import {
  CreateModelVersion,
  DeleteModelVersion,
  DeleteModelVersionTag,
  SetModelVersionTag,
  TransitionModelVersionStage,
  UpdateModelVersion,
} from '@cairn/platform/protocol/mlflow/model-versions'
import {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  DeleteRegisteredModelAlias,
  DeleteRegisteredModelTag,
  RenameRegisteredModel,
  SetRegisteredModelAlias,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyInstance } from 'fastify'

const model = ({ name }: { name: string }): Change[] => [{ type: 'registered_model', name }]

const renamed = ({ name, new_name }: { name: string; new_name?: string }): Change[] => [
  ...model({ name }),
  ...(new_name ? model({ name: new_name }) : []),
]

const alias = ({ name, alias }: { name: string; alias: string }): Change[] => [
  { type: 'model_alias', name, alias },
]

const version = ({ name, version }: { name: string; version: string | number }): Change[] => [
  { type: 'model_version', name, version: String(version) },
]

const CHANGES = [
  changesOf(CreateRegisteredModel, model),
  changesOf(ImportRegisteredModel, model),
  changesOf(UpdateRegisteredModel, model),
  changesOf(RenameRegisteredModel, renamed),
  changesOf(UpdateUnityCatalogModel, renamed),
  changesOf(DeleteRegisteredModel, model),
  changesOf(SetRegisteredModelTag, model),
  changesOf(DeleteRegisteredModelTag, model),
  changesOf(SetRegisteredModelAlias, alias),
  changesOf(DeleteRegisteredModelAlias, alias),
  changesOf(PromoteModelVersion, (input, { promotion }) => alias({ ...input, alias: promotion.alias })),
  changesOf(CreateModelVersion, (_input, { model_version }) => version(model_version)),
  changesOf(UpdateModelVersion, version),
  changesOf(DeleteModelVersion, version),
  changesOf(TransitionModelVersionStage, version),
  changesOf(TransitionWorkspaceModelVersion, version),
  changesOf(SetModelVersionTag, version),
  changesOf(DeleteModelVersionTag, version),
]

/** Announces every change of models, versions and aliases, by the operation that makes it. */
export const announceRegistry = (app: FastifyInstance, announce: Announce) =>
  announceChanges(app, announce, CHANGES)
