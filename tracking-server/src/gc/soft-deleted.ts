import type { Db } from '@cairn/platform/db/db'
import type { GarbageKind } from '@cairn/platform/protocol/cairn/garbage'
import type { TrackingSchema } from '../schema.js'
import { TRACE_TABLES } from '../traces/delete.js'
import {
  type ExpiredItem,
  expiredExperiments,
  expiredModels,
  expiredRuns,
  expiredTraces,
  listExpiredExperiments,
  listExpiredModels,
  listExpiredRuns,
  listExpiredTraces,
  type PageOptions,
} from './expired.js'
import { EXPERIMENT_TABLES, MODEL_TABLES, type PurgeRule, RUN_TABLES } from './purge.js'

interface SoftDeleted extends PurgeRule {
  list(db: Db<TrackingSchema>, page: PageOptions): Promise<ExpiredItem[]>
}

/** Kinds of items that are marked as deleted first and removed later. */
export const SOFT_DELETED: Readonly<Record<Exclude<GarbageKind, 'orphan' | 'upload'>, SoftDeleted>> = {
  run: {
    list: listExpiredRuns,
    tables: RUN_TABLES,
    ownTable: 'runs',
    column: 'run_id',
    find: (tx, before, id) =>
      expiredRuns(tx, before).select('run_id').where('run_id', '=', id).executeTakeFirst(),
  },
  logged_model: {
    list: listExpiredModels,
    tables: MODEL_TABLES,
    ownTable: 'logged_models',
    column: 'model_id',
    find: (tx, before, id) =>
      expiredModels(tx, before).select('model_id').where('model_id', '=', id).executeTakeFirst(),
  },
  trace: {
    list: listExpiredTraces,
    tables: TRACE_TABLES,
    ownTable: 'traces',
    column: 'trace_id',
    find: (tx, before, id) =>
      expiredTraces(tx, before).select('trace_id').where('trace_id', '=', id).executeTakeFirst(),
  },
  experiment: {
    list: listExpiredExperiments,
    tables: EXPERIMENT_TABLES,
    ownTable: 'experiments',
    column: 'experiment_id',
    find: (tx, before, id) =>
      expiredExperiments(tx, before)
        .select('experiment_id')
        .where('experiment_id', '=', Number(id))
        .executeTakeFirst(),
  },
}
