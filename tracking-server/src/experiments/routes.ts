import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { invalid } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { announceChanges, changesOf } from '@cairn/platform/http/plugins/announce-changes'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateExperiment,
  DeleteExperiment,
  DeleteExperimentTag,
  GetExperiment,
  GetExperimentByName,
  ListExperiments,
  QueryExperiments,
  RestoreExperiment,
  SearchDatasets,
  SearchExperiments,
  SetExperimentTag,
  UpdateExperiment,
} from '@cairn/platform/protocol/mlflow/experiments'
import { EDIT_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { omitIfEmpty } from '../protobuf-json.js'
import { defaultFolderOf } from './default-folder.js'
import type { ExperimentSearch } from './search.js'
import type { ExperimentStore } from './store.js'

const MAX_EXPERIMENTS = 20
const DEFAULT_LIST = 1000

interface Options {
  readonly experiments: ExperimentStore
  readonly search: ExperimentSearch
  readonly announce: Announce
  readonly locations: ArtifactLocations
}

const changed = ({ experiment_id }: { experiment_id: string }) => [
  { type: 'experiment' as const, experiment_id },
]

const CHANGES = [
  changesOf(CreateExperiment, (_input, output) => changed(output)),
  changesOf(UpdateExperiment, changed),
  changesOf(DeleteExperiment, changed),
  changesOf(RestoreExperiment, changed),
  changesOf(SetExperimentTag, changed),
  changesOf(DeleteExperimentTag, changed),
]

export const experimentRoutes: FastifyPluginAsync<Options> = async (
  app,
  { experiments, search, announce, locations },
) => {
  /** Rejects the folder of other experiments as the location of a new one, which could otherwise read their artifacts. */
  async function requireFolder(
    { artifact_location }: { artifact_location?: string },
    request: FastifyRequest,
  ) {
    const folder = artifact_location && locations.proxiedFolder(artifact_location)
    if (folder !== undefined && folder !== '')
      await request.admitNames({ artifact_path: folder }, { right: EDIT_EXPERIMENTS, mayBeAbsent: true })
  }
  announceChanges(app, announce, CHANGES)
  handle(app, CreateExperiment, async (input, request) => {
    await requireFolder(input, request)
    const { artifact_location: location } = input
    const inFolderOf = location ? await defaultFolderOf(location, experiments.root, locations) : undefined
    return { experiment_id: await experiments.create({ ...input, inFolderOf }, request.principal) }
  })
  handle(app, GetExperiment, async ({ experiment_id }) => ({
    experiment: await experiments.get(experiment_id),
  }))
  handle(app, GetExperimentByName, async ({ experiment_name }) => ({
    experiment: await experiments.getByName(experiment_name),
  }))
  for (const operation of [SearchExperiments, QueryExperiments])
    handle(app, operation, async (input, request) =>
      search.page(input, await request.allowedObjects('experiment')),
    )
  handle(app, ListExperiments, async (input, request) =>
    search.page(
      { ...input, max_results: input.max_results || DEFAULT_LIST },
      await request.allowedObjects('experiment'),
    ),
  )
  handle(app, UpdateExperiment, ({ experiment_id, new_name }) =>
    emptyResponse(experiments.rename(experiment_id, new_name)),
  )
  handle(app, DeleteExperiment, ({ experiment_id }) =>
    emptyResponse(experiments.setStage(experiment_id, 'deleted')),
  )
  handle(app, RestoreExperiment, ({ experiment_id }) =>
    emptyResponse(experiments.setStage(experiment_id, 'active')),
  )
  handle(app, SetExperimentTag, ({ experiment_id, key, value = '' }) =>
    emptyResponse(experiments.putTag(experiment_id, { key, value })),
  )
  handle(app, DeleteExperimentTag, ({ experiment_id, key }) =>
    emptyResponse(experiments.deleteTag(experiment_id, key)),
  )
  handle(app, SearchDatasets, async ({ experiment_ids = [] }) => {
    if (experiment_ids.length === 0)
      throw invalid('SearchDatasets request must specify at least one experiment_id.')
    if (experiment_ids.length > MAX_EXPERIMENTS)
      throw invalid(
        `SearchDatasets request cannot specify more than ${MAX_EXPERIMENTS} experiment_ids. Received ${experiment_ids.length} experiment_ids.`,
      )
    return omitIfEmpty('dataset_summaries', await experiments.datasets(experiment_ids))
  })
}
