import type { Db } from '@cairn/platform/db/db'
import type { GarbageKind } from '@cairn/platform/protocol/garbage'
import type { TrackingSchema } from '../schema.js'
import { TRACE_TABLES } from '../traces/delete.js'
import {
  type Doomed,
  experimentsDoomed,
  modelsDoomed,
  type Page,
  pageOfExperiments,
  pageOfModels,
  pageOfRuns,
  pageOfTraces,
  runsDoomed,
  tracesDoomed,
} from './doomed.js'
import { OF_EXPERIMENT, OF_MODEL, OF_RUN, type Purge } from './purge.js'

interface Deleted extends Purge {
  page(db: Db<TrackingSchema>, page: Page): Promise<Doomed[]>
}

/** What is deleted first and goes for good later, by kind. */
export const DELETED: Readonly<Record<Exclude<GarbageKind, 'orphan' | 'upload'>, Deleted>> = {
  run: {
    page: pageOfRuns,
    tables: OF_RUN,
    own: 'runs',
    column: 'run_id',
    find: (tx, before, id) =>
      runsDoomed(tx, before).select('run_id').where('run_id', '=', id).executeTakeFirst(),
  },
  logged_model: {
    page: pageOfModels,
    tables: OF_MODEL,
    own: 'logged_models',
    column: 'model_id',
    find: (tx, before, id) =>
      modelsDoomed(tx, before).select('model_id').where('model_id', '=', id).executeTakeFirst(),
  },
  trace: {
    page: pageOfTraces,
    tables: TRACE_TABLES,
    own: 'traces',
    column: 'trace_id',
    find: (tx, before, id) =>
      tracesDoomed(tx, before).select('trace_id').where('trace_id', '=', id).executeTakeFirst(),
  },
  experiment: {
    page: pageOfExperiments,
    tables: OF_EXPERIMENT,
    own: 'experiments',
    column: 'experiment_id',
    find: (tx, before, id) =>
      experimentsDoomed(tx, before)
        .select('experiment_id')
        .where('experiment_id', '=', Number(id))
        .executeTakeFirst(),
  },
}
