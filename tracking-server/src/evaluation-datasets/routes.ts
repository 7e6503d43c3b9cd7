import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { announceChanges, changesOf } from '@cairn/platform/http/plugins/announce-changes'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import {
  AddEvaluationExperiments,
  CreateEvaluationDataset,
  DeleteEvaluationDataset,
  DeleteEvaluationDatasetTag,
  DeleteEvaluationRecords,
  GetEvaluationDataset,
  ListEvaluationExperiments,
  ListEvaluationRecords,
  PutEvaluationRecords,
  QueryEvaluationDatasets,
  RemoveEvaluationExperiments,
  SearchEvaluationDatasets,
  SetEvaluationDatasetTags,
} from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '../clock.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { DatasetExperiments } from './experiments.js'
import { EvaluationRecordStore } from './records.js'
import { EvaluationDatasetSearch } from './search.js'
import { EvaluationDatasetStore } from './store.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly clock: Clock
  readonly announce: Announce
}

const changed = ({ dataset_id }: { readonly dataset_id: string }): Change[] => [
  { type: 'evaluation_dataset', dataset_id },
]

const CHANGES = [
  changesOf(CreateEvaluationDataset, (_input, { dataset }) => changed(dataset)),
  changesOf(SetEvaluationDatasetTags, changed),
  changesOf(DeleteEvaluationDatasetTag, changed),
  changesOf(PutEvaluationRecords, changed),
  changesOf(DeleteEvaluationRecords, changed),
  changesOf(AddEvaluationExperiments, changed),
  changesOf(RemoveEvaluationExperiments, changed),
]

export const evaluationDatasetRoutes: FastifyPluginAsync<Options> = async (app, { db, clock, announce }) => {
  announceChanges(app, announce, CHANGES)
  const datasets = new EvaluationDatasetStore(db, clock)
  const search = new EvaluationDatasetSearch(db)
  const records = new EvaluationRecordStore(db, clock)
  const experiments = new DatasetExperiments(db, clock)

  handle(app, CreateEvaluationDataset, async (input) => ({ dataset: await datasets.create(input) }))
  handle(app, GetEvaluationDataset, async ({ dataset_id }) => ({ dataset: await datasets.get(dataset_id) }))
  handle(app, DeleteEvaluationDataset, ({ dataset_id }) => emptyResponse(datasets.delete(dataset_id)))
  for (const operation of [SearchEvaluationDatasets, QueryEvaluationDatasets])
    handle(app, operation, async (input, request) =>
      search.page(input, await request.allowedObjects('experiment')),
    )
  handle(app, SetEvaluationDatasetTags, ({ dataset_id, tags }) =>
    emptyResponse(datasets.putTags(dataset_id, tags)),
  )
  handle(app, DeleteEvaluationDatasetTag, ({ dataset_id, key }) =>
    emptyResponse(datasets.deleteTag(dataset_id, key)),
  )

  handle(app, PutEvaluationRecords, (input) => records.put(input))
  handle(app, ListEvaluationRecords, (input) => records.page(input))
  handle(app, DeleteEvaluationRecords, async ({ dataset_id, dataset_record_ids = [] }) => ({
    deleted_count: await records.delete(dataset_id, dataset_record_ids),
  }))

  handle(app, ListEvaluationExperiments, async ({ dataset_id }, request) => {
    const all = await experiments.list(dataset_id)
    const readable = await (await request.allowedObjects('experiment'))?.among(all)
    return omitIfEmpty('experiment_ids', readable ? all.filter((id) => readable.has(id)) : all)
  })
  handle(app, AddEvaluationExperiments, async ({ dataset_id, experiment_ids = [] }) => {
    await experiments.add(dataset_id, experiment_ids)
    return { dataset: await datasets.get(dataset_id) }
  })
  handle(app, RemoveEvaluationExperiments, async ({ dataset_id, experiment_ids = [] }) => {
    await experiments.remove(dataset_id, experiment_ids)
    return { dataset: await datasets.get(dataset_id) }
  })
}
