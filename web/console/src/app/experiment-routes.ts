import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { objectPage, page } from './root-route.js'
import { keep } from './url-state.js'

// A validator inside of a route would not give its type to `beforeLoad`.
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
  ...objectPage,
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

const chatSessions = createRoute({
  ...page,
  path: '/experiments/$experimentId/chat-sessions',
  component: lazyRouteComponent(() => import('../chat-sessions/sessions-page.js'), 'SessionsPage'),
})

const chatSession = createRoute({
  ...objectPage,
  path: '/experiments/$experimentId/chat-sessions/$sessionId',
  component: lazyRouteComponent(() => import('../chat-sessions/session-page.js'), 'SessionPage'),
})

const evaluationsState = keep('selectedRunUuid', 'compareToRunUuid')
const scorersState = keep('name', 'version')
const promptState = keep('promptVersion')
const datasetsState = keep('name', 'digest', 'selectedDatasetId')

const evaluationRuns = createRoute({
  ...page,
  path: '/experiments/$experimentId/evaluation-runs',
  validateSearch: evaluationsState,
  // `mlflow.genai.evaluate` prints this form.
  beforeLoad: ({ params, search: { selectedRunUuid: runId, compareToRunUuid: against } }) => {
    if (runId)
      throw redirect({
        to: '/experiments/$experimentId/evaluation-runs/$runId',
        params: { ...params, runId },
        search: against ? { against } : {},
        replace: true,
      })
  },
  component: lazyRouteComponent(() => import('../evaluation/evaluation-page.js'), 'EvaluationPage'),
})

const evaluationRun = createRoute({
  ...page,
  path: '/experiments/$experimentId/evaluation-runs/$runId',
  validateSearch: keep('against', 'show'),
  component: lazyRouteComponent(() => import('../evaluation/evaluation-run-page.js'), 'EvaluationRunPage'),
})

// The path of MLflow's tab.
const scorers = createRoute({
  ...page,
  path: '/experiments/$experimentId/judges',
  validateSearch: scorersState,
  component: lazyRouteComponent(() => import('../scorers/scorers-page.js'), 'ScorersPage'),
})

const loggedModels = createRoute({
  ...page,
  path: '/experiments/$experimentId/models',
  component: lazyRouteComponent(() => import('../logged-models/logged-models-page.js'), 'LoggedModelsPage'),
})

const loggedModel = createRoute({
  ...page,
  path: '/experiments/$experimentId/models/$modelId',
  validateSearch: keep('path'),
  component: lazyRouteComponent(() => import('../logged-models/logged-model-page.js'), 'LoggedModelPage'),
})

const loggedModelTab = createRoute({
  ...page,
  path: '/experiments/$experimentId/models/$modelId/$tab',
  beforeLoad: ({ params: { experimentId, modelId, tab } }) => {
    if (tab === 'traces')
      throw redirect({
        to: '/experiments/$experimentId/traces',
        params: { experimentId },
        search: { filter: `metadata.\`mlflow.modelId\` = '${modelId}'` },
        replace: true,
      })
    throw redirect({
      to: '/experiments/$experimentId/models/$modelId',
      params: { experimentId, modelId },
      replace: true,
    })
  },
})

const datasets = createRoute({
  ...page,
  path: '/experiments/$experimentId/datasets',
  validateSearch: datasetsState,
  beforeLoad: ({ params, search: { selectedDatasetId: datasetId } }) => {
    if (datasetId)
      throw redirect({
        to: '/experiments/$experimentId/datasets/$datasetId',
        params: { ...params, datasetId },
        replace: true,
      })
  },
  component: lazyRouteComponent(() => import('../datasets/datasets-page.js'), 'DatasetsPage'),
})

const dataset = createRoute({
  ...objectPage,
  path: '/experiments/$experimentId/datasets/$datasetId',
  component: lazyRouteComponent(
    () => import('../datasets/evaluation-dataset-page.js'),
    'EvaluationDatasetPage',
  ),
})

const experimentRuns = createRoute({
  ...page,
  path: '/experiments/$experimentId/runs',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/experiments/$experimentId', params, replace: true })
  },
})

const prompts = createRoute({
  ...page,
  path: '/prompts',
  validateSearch: keep('q'),
  component: lazyRouteComponent(() => import('../prompts/prompts-page.js'), 'PromptsPage'),
})

const prompt = createRoute({
  ...objectPage,
  path: '/prompts/$name',
  validateSearch: keep('version', 'against'),
  component: lazyRouteComponent(() => import('../prompts/prompt-page.js'), 'PromptPage'),
})

const experimentPrompts = createRoute({
  ...page,
  path: '/experiments/$experimentId/prompts',
  beforeLoad: () => {
    throw redirect({ to: '/prompts', replace: true })
  },
})

const experimentPrompt = createRoute({
  ...page,
  path: '/experiments/$experimentId/prompts/$name',
  validateSearch: promptState,
  beforeLoad: ({ params: { name }, search: { promptVersion: version } }) => {
    throw redirect({
      to: '/prompts/$name',
      params: { name },
      search: version ? { version } : {},
      replace: true,
    })
  },
})

/** Pages beside the runs of an experiment, below the paths that MLflow's clients print. */
export const experimentRoutes = [
  ...[experimentRuns, traces, trace, runTraces],
  ...[chatSessions, chatSession],
  ...[evaluationRuns, evaluationRun, scorers],
  ...[loggedModels, loggedModel, loggedModelTab],
  ...[datasets, dataset],
  ...[prompts, prompt, experimentPrompts, experimentPrompt],
] as const
