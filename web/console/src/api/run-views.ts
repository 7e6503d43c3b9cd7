import type {
  CreateRunView,
  CreateTeamRunView,
  DeleteRunView,
  DeleteTeamRunView,
  ListRunViews,
  RunView,
  UpdateRunView,
  UpdateTeamRunView,
} from '@cairn/platform/protocol/cairn/run-views'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { RunView }

export const listRunViews = async (experiment_id: string, signal?: AbortSignal) =>
  (await call<typeof ListRunViews>('GET /api/cairn/v1/run-views', { experiment_id }, signal)).views

export const createRunView = async (team: boolean, view: Input<typeof CreateRunView>) =>
  team
    ? (await call<typeof CreateTeamRunView>('POST /api/cairn/v1/team-run-views', view)).view
    : (await call<typeof CreateRunView>('POST /api/cairn/v1/run-views', view)).view

type ViewRef = Pick<RunView, 'view_id' | 'experiment_id' | 'team'>

export const updateRunView = async (
  { team, view_id, experiment_id }: ViewRef,
  change: Partial<Pick<RunView, 'name' | 'state' | 'is_default'>>,
) => {
  const input = { view_id, experiment_id, ...change }
  return team
    ? (await call<typeof UpdateTeamRunView>('PATCH /api/cairn/v1/team-run-views/{view_id}', input)).view
    : (await call<typeof UpdateRunView>('PATCH /api/cairn/v1/run-views/{view_id}', input)).view
}

export const deleteRunView = ({ team, view_id, experiment_id }: ViewRef) =>
  team
    ? call<typeof DeleteTeamRunView>('DELETE /api/cairn/v1/team-run-views/{view_id}', {
        view_id,
        experiment_id,
      })
    : call<typeof DeleteRunView>('DELETE /api/cairn/v1/run-views/{view_id}', { view_id, experiment_id })
