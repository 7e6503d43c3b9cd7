import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CreateExperiment,
  DeleteExperiment,
  GetExperimentByName,
  RestoreExperiment,
  SetExperimentTag,
  UpdateExperiment,
} from '@cairn/platform/protocol/experiments'
import { CreateJob, DeleteJob, ResetJob } from '@cairn/platform/protocol/jobs'
import type { Input } from '@cairn/platform/protocol/operation'
import {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  RenameRegisteredModel,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/registered-models'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  UpdateServingEndpointConfig,
} from '@cairn/platform/protocol/serving-endpoints'
import type { ResourceKind } from './schema.js'
import type { DeployedResource } from './state.js'

type Settings = Readonly<Record<string, unknown>>
type Identity = Pick<DeployedResource, 'id' | 'name'>

/** How a kind of resource is changed through the API. */
interface ResourceApi {
  create(call: Client, settings: Settings): Promise<string>
  update(call: Client, deployed: Identity, settings: Settings): Promise<void>
  delete(call: Client, deployed: Identity): Promise<unknown>
}

interface Tagged {
  readonly name: string
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
  readonly description?: string
}

export const RESOURCE_APIS: Readonly<Record<ResourceKind, ResourceApi>> = {
  jobs: {
    create: async (call, settings) => String((await call(CreateJob, settings)).job_id),
    update: async (call, { id }, settings) =>
      void (await call(ResetJob, { job_id: Number(id), new_settings: settings })),
    delete: (call, { id }) => call(DeleteJob, { job_id: Number(id) }),
  },
  experiments: {
    create: createExperiment,
    async update(call, { id, name }, settings) {
      const { name: new_name, tags = [] } = settings as unknown as Tagged
      if (new_name !== name) await call(UpdateExperiment, { experiment_id: id, new_name })
      for (const { key, value = '' } of tags) await call(SetExperimentTag, { experiment_id: id, key, value })
    },
    delete: (call, { id }) => call(DeleteExperiment, { experiment_id: id }),
  },
  registered_models: {
    async create(call, settings) {
      await call(CreateRegisteredModel, settings as Input<typeof CreateRegisteredModel>)
      return String(settings.name)
    },
    async update(call, { name: before }, settings) {
      const { name, tags = [], description = '' } = settings as unknown as Tagged
      if (name !== before) await call(RenameRegisteredModel, { name: before, new_name: name })
      await call(UpdateRegisteredModel, { name, description })
      for (const { key, value = '' } of tags) await call(SetRegisteredModelTag, { name, key, value })
    },
    delete: (call, { name }) => call(DeleteRegisteredModel, { name }),
  },
  model_serving_endpoints: {
    create: async (call, settings) =>
      (await call(CreateServingEndpoint, settings as Input<typeof CreateServingEndpoint>)).id,
    async update(call, { name }, settings) {
      const config = (settings.config ?? {}) as Omit<Input<typeof UpdateServingEndpointConfig>, 'name'>
      await call(UpdateServingEndpointConfig, { ...config, name })
    },
    delete: (call, { name }) => call(DeleteServingEndpoint, { name }),
  },
}

/** A deleted experiment keeps its name, so the one of an earlier deployment is restored. */
async function createExperiment(call: Client, settings: Settings): Promise<string> {
  try {
    return (await call(CreateExperiment, settings as Input<typeof CreateExperiment>)).experiment_id
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'RESOURCE_ALREADY_EXISTS')) throw error
    const experiment_name = String(settings.name)
    const { experiment } = await call(GetExperimentByName, { experiment_name })
    if (experiment.lifecycle_stage !== 'deleted') throw error
    await call(RestoreExperiment, { experiment_id: experiment.experiment_id })
    return experiment.experiment_id
  }
}

/** Deletes a resource. One that somebody else has deleted is no mistake. */
export async function deleteResource(call: Client, kind: ResourceKind, deployed: Identity): Promise<void> {
  await RESOURCE_APIS[kind].delete(call, deployed).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.statusCode === 404)) throw error
  })
}
