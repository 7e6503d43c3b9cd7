import type {
  DeleteScorer,
  ListScorers,
  ListScorerVersions,
  Scorer,
} from '@cairn/platform/protocol/mlflow/scorers'
import { call } from './call.js'

export type { Scorer }

/** The latest version of each scorer, by name. */
export const listScorers = async (experiment_id: string, signal?: AbortSignal) =>
  (await call<typeof ListScorers>('GET /api/3.0/mlflow/scorers/list', { experiment_id }, signal)).scorers ??
  []

/** Versions of a scorer, the latest one first. */
export const listScorerVersions = async (experiment_id: string, name: string, signal?: AbortSignal) =>
  (
    (
      await call<typeof ListScorerVersions>(
        'GET /api/3.0/mlflow/scorers/versions',
        { experiment_id, name },
        signal,
      )
    ).scorers ?? []
  ).toReversed()

export const deleteScorer = (experiment_id: string, name: string) =>
  call<typeof DeleteScorer>('DELETE /api/3.0/mlflow/scorers/delete', { experiment_id, name })
