import { createRoute, redirect } from '@tanstack/react-router'
import { getRun, searchRuns } from '../api/runs.js'
import { comparedByLink } from '../models/mlflow-links.js'
import { idsOf, runTab } from './mlflow-links.js'
import { page } from './root-route.js'
import { keep, listToText } from './url-state.js'

// A validator inside of a route would not give its type to `beforeLoad`.
const comparedState = keep('runs', 'experiments')
const versionsState = keep('name', 'runs')

/** Runs of several experiments that are compared at first. */
const MAX_COMPARED = 100

const runTabRoute = createRoute({
  ...page,
  path: '/experiments/$experimentId/runs/$runId/$tab/$',
  beforeLoad: ({ params: { experimentId, runId, tab, _splat = '' } }) => {
    throw redirect({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId, runId },
      search: runTab(tab, _splat),
      replace: true,
    })
  },
})

const runOfAnyExperiment = createRoute({
  ...page,
  path: '/runs/$runId',
  beforeLoad: async ({ params: { runId } }) => {
    const { info } = await getRun(runId)
    throw redirect({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: info.experiment_id, runId },
      replace: true,
    })
  },
})

const toComparison = (runs: readonly string[]) =>
  redirect({ to: '/compare', search: { runs: listToText(runs) ?? '' }, replace: true })

const compareRuns = createRoute({
  ...page,
  path: '/compare-runs',
  validateSearch: comparedState,
  beforeLoad: ({ search }) => {
    throw toComparison(idsOf(search.runs))
  },
})

const metric = createRoute({
  ...page,
  path: '/metric',
  validateSearch: comparedState,
  beforeLoad: ({ search }) => {
    const [runs, [experimentId]] = [idsOf(search.runs), idsOf(search.experiments)]
    if (runs.length !== 1 || !experimentId) throw toComparison(runs)
    throw redirect({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId, runId: runs[0]! },
      search: { tab: 'curves' },
      replace: true,
    })
  },
})

const compareExperiments = createRoute({
  ...page,
  path: '/compare-experiments/$',
  validateSearch: comparedState,
  beforeLoad: async ({ search }) => {
    const experiment_ids = idsOf(search.experiments)
    if (experiment_ids.length === 0) throw redirect({ to: '/experiments', replace: true })
    if (experiment_ids.length === 1)
      throw redirect({
        to: '/experiments/$experimentId',
        params: { experimentId: experiment_ids[0]! },
        replace: true,
      })
    const { runs = [] } = await searchRuns({ experiment_ids, max_results: MAX_COMPARED })
    throw toComparison(runs.map(({ info }) => info.run_id))
  },
})

const compareVersions = createRoute({
  ...page,
  path: '/compare-model-versions',
  validateSearch: versionsState,
  beforeLoad: ({ search }) => {
    const compared = comparedByLink(search)
    if (!compared) throw redirect({ to: '/models', replace: true })
    const { name, versions } = compared
    throw redirect({ to: '/models/$name/compare', params: { name }, search: { versions }, replace: true })
  },
})

const modelTab = createRoute({
  ...page,
  path: '/models/$name/$tab',
  beforeLoad: ({ params: { name } }) => {
    throw redirect({ to: '/models/$name', params: { name }, replace: true })
  },
})

const evaluationRunTab = createRoute({
  ...page,
  path: '/experiments/$experimentId/evaluation-runs/$runId/$tab/$',
  beforeLoad: ({ params: { experimentId, runId } }) => {
    throw redirect({
      to: '/experiments/$experimentId/evaluation-runs/$runId',
      params: { experimentId, runId },
      replace: true,
    })
  },
})

const overview = createRoute({
  ...page,
  path: '/experiments/$experimentId/overview/{-$tab}',
  beforeLoad: ({ params: { experimentId } }) => {
    throw redirect({
      to: '/experiments/$experimentId/traces',
      params: { experimentId },
      search: { charts: 'shown' },
      replace: true,
    })
  },
})

/** Addresses of MLflow's UI that differ from those of these pages. */
export const mlflowRoutes = [
  ...[runTabRoute, runOfAnyExperiment, compareRuns, metric, compareExperiments],
  ...[compareVersions, modelTab, evaluationRunTab, overview],
] as const
