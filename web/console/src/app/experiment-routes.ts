import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { page } from './root-route.js'
import { keep } from './url-state.js'

const tracesState = keep(
  'filter',
  'order',
  'range',
  'status',
  'columns',
  'charts',
  'selectedTraceId',
  'selectedEvaluationId',
)

const traces = createRoute({
  ...page,
  path: '/experiments/$experimentId/traces',
  validateSearch: tracesState,
  beforeLoad: ({ params, search: { selectedTraceId, selectedEvaluationId } }) => {
    const traceId = selectedTraceId ?? selectedEvaluationId
    if (traceId)
      throw redirect({
        to: '/experiments/$experimentId/traces/$traceId',
        params: { ...params, traceId },
        replace: true,
      })
  },
  component: lazyRouteComponent(() => import('../traces/traces-page.js'), 'TracesPage'),
})

const trace = createRoute({
  ...page,
  path: '/experiments/$experimentId/traces/$traceId',
  validateSearch: keep('span', 'view'),
  component: lazyRouteComponent(() => import('../traces/trace-page.js'), 'TracePage'),
})

const runTraces = createRoute({
  ...page,
  path: '/experiments/$experimentId/runs/$runId/traces',
  beforeLoad: ({ params: { experimentId, runId } }) => {
    throw redirect({
      to: '/experiments/$experimentId/traces',
      params: { experimentId },
      search: { filter: `attributes.run_id = '${runId}'` },
      replace: true,
    })
  },
})

/** Pages beside the runs of an experiment, below the paths that MLflow's clients print. */
export const experimentRoutes = [traces, trace, runTraces] as const
