import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { CreateJob, DeleteJob, GetJob, ResetJob } from '@cairn/platform/protocol/databricks/jobs'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
  PatchServingEndpointTags,
  UpdateServingEndpointConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import {
  CreateExperiment,
  DeleteExperiment,
  GetExperiment,
  GetExperimentByName,
  RestoreExperiment,
  SetExperimentTag,
  UpdateExperiment,
} from '@cairn/platform/protocol/mlflow/experiments'
import {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  GetRegisteredModel,
  RenameRegisteredModel,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { Input } from '@cairn/platform/protocol/operation'
import { BUNDLE_TAG } from './plan.js'
import type { ResourceKind } from './schema.js'
import type { DeployedResource } from './state.js'

type Settings = Readonly<Record<string, unknown>>
type Identity = Pick<DeployedResource, 'id' | 'name'>

/** How a kind of resource is changed through the API. */
interface ResourceApi {
  create(call: Client, settings: Settings): Promise<string>
  update(call: Client, deployed: Identity, settings: Settings): Promise<void>
  delete(call: Client, deployed: Identity): Promise<unknown>
  tags(call: Client, deployed: Identity): Promise<Tags>
}

type Tags = readonly { readonly key: string; readonly value?: string }[]

interface TaggedSettings {
  readonly name: string
  readonly tags?: Tags
  readonly description?: string
}

export const RESOURCE_APIS: Readonly<Record<ResourceKind, ResourceApi>> = {
  jobs: {
    create: async (call, settings) => String((await call(CreateJob, settings)).job_id),
    update: async (call, { id }, settings) =>
      void (await call(ResetJob, { job_id: Number(id), new_settings: settings })),
    delete: (call, { id }) => call(DeleteJob, { job_id: Number(id) }),
    async tags(call, { id }) {
      const { tags = {} } = (await call(GetJob, { job_id: Number(id) })).settings
      return Object.entries(tags).map(([key, value]) => ({ key, value }))
    },
  },
  experiments: {
    create: createExperiment,
    async update(call, { id, name }, settings) {
      const { name: new_name } = settings as unknown as TaggedSettings
      if (new_name !== name) await call(UpdateExperiment, { experiment_id: id, new_name })
      await setExperimentTags(call, id, settings)
    },
    delete: (call, { id }) => call(DeleteExperiment, { experiment_id: id }),
    tags: async (call, { id }) => (await call(GetExperiment, { experiment_id: id })).experiment.tags ?? [],
  },
  registered_models: {
    async create(call, settings) {
      await call(CreateRegisteredModel, settings as Input<typeof CreateRegisteredModel>)
      return String(settings.name)
    },
    async update(call, { name: before }, settings) {
      const { name, tags = [], description = '' } = settings as unknown as TaggedSettings
      if (name !== before) await call(RenameRegisteredModel, { name: before, new_name: name })
      await call(UpdateRegisteredModel, { name, description })
      for (const { key, value = '' } of tags) await call(SetRegisteredModelTag, { name, key, value })
    },
    delete: (call, { name }) => call(DeleteRegisteredModel, { name }),
    tags: async (call, { name }) => (await call(GetRegisteredModel, { name })).registered_model.tags ?? [],
  },
  model_serving_endpoints: {
    create: async (call, settings) =>
      (await call(CreateServingEndpoint, settings as Input<typeof CreateServingEndpoint>)).id,
    async update(call, { name }, settings) {
      const config = (settings.config ?? {}) as Omit<Input<typeof UpdateServingEndpointConfig>, 'name'>
      await call(UpdateServingEndpointConfig, { ...config, name })
      await replaceEndpointTags(call, name, (settings.tags ?? []) as Tags)
    },
    delete: (call, { name }) => call(DeleteServingEndpoint, { name }),
    tags: async (call, { name }) => (await call(GetServingEndpoint, { name })).tags,
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
    await setExperimentTags(call, experiment.experiment_id, settings)
    return experiment.experiment_id
  }
}

async function replaceEndpointTags(call: Client, name: string, tags: Tags): Promise<void> {
  const keys = new Set(tags.map(({ key }) => key))
  const { tags: present } = await call(GetServingEndpoint, { name })
  const delete_tags = present.map(({ key }) => key).filter((key) => !keys.has(key))
  await call(PatchServingEndpointTags, { name, add_tags: [...tags], delete_tags })
}

async function setExperimentTags(call: Client, experiment_id: string, settings: Settings): Promise<void> {
  const { tags = [] } = settings as unknown as TaggedSettings
  for (const { key, value = '' } of tags) await call(SetExperimentTag, { experiment_id, key, value })
}

/**
 * Requires the tag of the target on a resource: others may write the state in a shared folder, so the state alone proves nothing.
 * Accepts a resource that does not exist.
 *
 * @param root the folder of the target
 * @throws INVALID_STATE for a resource without the tag of the target
 */
export async function requireOwn(call: Client, kind: ResourceKind, deployed: Identity, root: string) {
  const tags = await undefinedIfMissing(RESOURCE_APIS[kind].tags(call, deployed))
  if (!tags || tags.some(({ key, value }) => key === BUNDLE_TAG && value === root)) return
  throw new ApiError(
    'INVALID_STATE',
    `The state names ${kind} '${deployed.name}' (${deployed.id}), which has no tag ${BUNDLE_TAG} with the value '${root}': it was not changed. Set the tag if the bundle has created it.`,
  )
}

/** Deletes a resource. Succeeds if it does not exist any more. */
export async function deleteResource(call: Client, kind: ResourceKind, deployed: Identity): Promise<void> {
  await undefinedIfMissing(RESOURCE_APIS[kind].delete(call, deployed))
}

const undefinedIfMissing = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ApiError && error.statusCode === 404) return undefined
    throw error
  })
