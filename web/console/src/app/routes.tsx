import {
  createHashHistory,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { RUNS_SEARCH_KEYS } from '../runs/runs-search.js'
import { isBeforeSignIn } from '../sign-in/return-to.js'
import { experimentRoutes } from './experiment-routes.js'
import { ErrorPage, LoadingPage } from './fallback-pages.js'
import { runsTable } from './mlflow-links.js'
import { mlflowRoutes } from './mlflow-routes.js'
import { objectPage, page, root } from './root-route.js'
import { keep, parseState, stringifyState } from './url-state.js'

const home = createRoute({
  ...page,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/experiments', replace: true })
  },
})

const experiments = createRoute({
  ...page,
  path: '/experiments',
  validateSearch: keep('q', 'deleted'),
  component: lazyRouteComponent(() => import('../experiments/experiments-page.js'), 'ExperimentsPage'),
})

const runsState = keep(...RUNS_SEARCH_KEYS)

const runs = createRoute({
  ...page,
  path: '/experiments/$experimentId',
  validateSearch: runsState,
  // Links of MLflow name the state of the table in other words.
  beforeLoad: ({ params, location }) => {
    const search = runsTable(parseState(location.searchStr))
    if (search) throw redirect({ to: '/experiments/$experimentId', params, search, replace: true })
  },
  component: lazyRouteComponent(() => import('../runs/runs-page.js'), 'RunsPage'),
})

const run = createRoute({
  ...objectPage,
  path: '/experiments/$experimentId/runs/$runId',
  validateSearch: keep('tab', 'path', 'axis', 'smooth', 'log'),
  component: lazyRouteComponent(() => import('../run/run-page.js'), 'RunPage'),
})

const compare = createRoute({
  ...page,
  path: '/compare',
  validateSearch: keep('runs', 'baseline', 'all', 'artifact', 'cards'),
  component: lazyRouteComponent(() => import('../compare/compare-page.js'), 'ComparePage'),
})

const models = createRoute({
  ...page,
  path: '/models',
  validateSearch: keep('q'),
  component: lazyRouteComponent(() => import('../models/models-page.js'), 'ModelsPage'),
})

const model = createRoute({
  ...objectPage,
  path: '/models/$name',
  component: lazyRouteComponent(() => import('../models/model-page.js'), 'ModelPage'),
})

const compareVersions = createRoute({
  ...page,
  path: '/models/$name/compare',
  validateSearch: keep('versions'),
  component: lazyRouteComponent(() => import('../models/compare-versions-page.js'), 'CompareVersionsPage'),
})

const version = createRoute({
  ...objectPage,
  path: '/models/$name/versions/$version',
  component: lazyRouteComponent(() => import('../models/version-page.js'), 'VersionPage'),
})

const endpoints = createRoute({
  ...page,
  path: '/endpoints',
  validateSearch: keep('create', 'model', 'version'),
  component: lazyRouteComponent(() => import('../endpoints/endpoints-page.js'), 'EndpointsPage'),
})

const endpoint = createRoute({
  ...objectPage,
  path: '/endpoints/$name',
  validateSearch: keep('edit'),
  component: lazyRouteComponent(() => import('../endpoints/endpoint-page.js'), 'EndpointPage'),
})

const catalog = createRoute({
  ...page,
  path: '/catalog',
  component: lazyRouteComponent(() => import('../catalog/catalog-page.js'), 'CatalogPage'),
})

const securable = createRoute({
  ...page,
  path: '/catalog/$name',
  validateSearch: keep('tab'),
  component: lazyRouteComponent(() => import('../catalog/securable-page.js'), 'SecurablePage'),
})

const query = createRoute({
  ...page,
  path: '/query',
  validateSearch: keep('sql'),
  component: lazyRouteComponent(() => import('../query/query-page.js'), 'QueryPage'),
})

const volume = createRoute({
  ...page,
  path: '/catalog/volumes/$name',
  validateSearch: keep('tab', 'folder'),
  component: lazyRouteComponent(() => import('../catalog/volume-page.js'), 'VolumePage'),
})

const jobs = createRoute({
  ...page,
  path: '/jobs',
  validateSearch: keep('q', 'tab'),
  component: lazyRouteComponent(() => import('../jobs/jobs-page.js'), 'JobsPage'),
})

const newJob = createRoute({
  ...page,
  path: '/jobs/new',
  validateSearch: keep('from', 'view'),
  component: lazyRouteComponent(() => import('../jobs/form/new-job-page.js'), 'NewJobPage'),
})

const job = createRoute({
  ...objectPage,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('../jobs/job-page.js'), 'JobPage'),
})

const editJob = createRoute({
  ...objectPage,
  path: '/jobs/$jobId/edit',
  validateSearch: keep('view'),
  component: lazyRouteComponent(() => import('../jobs/form/edit-job-page.js'), 'EditJobPage'),
})

const jobRun = createRoute({
  ...objectPage,
  path: '/jobs/runs/$runId',
  validateSearch: keep('task', 'iteration', 'panel'),
  component: lazyRouteComponent(() => import('../jobs/job-run-page.js'), 'JobRunPage'),
})

// Links of Databricks: `/#job/7` and `/#job/7/run/8`.
const databricksJob = createRoute({
  ...page,
  path: '/job/$jobId',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/jobs/$jobId', params, replace: true })
  },
})

const databricksRun = createRoute({
  ...page,
  path: '/job/$jobId/run/$runId',
  beforeLoad: ({ params: { runId } }) => {
    throw redirect({ to: '/jobs/runs/$runId', params: { runId }, replace: true })
  },
})

const reports = createRoute({
  ...page,
  path: '/reports',
  validateSearch: keep('q'),
  component: lazyRouteComponent(() => import('../reports/reports-page.js'), 'ReportsPage'),
})

const report = createRoute({
  ...objectPage,
  path: '/reports/$reportId',
  validateSearch: keep('version', 'edit'),
  component: lazyRouteComponent(() => import('../reports/report-page.js'), 'ReportPage'),
})

const signIn = createRoute({
  ...page,
  path: '/sign-in',
  validateSearch: keep('return_to', 'error'),
  component: lazyRouteComponent(() => import('../sign-in/sign-in-page.js'), 'SignInPage'),
})

const join = createRoute({
  ...page,
  path: '/join',
  validateSearch: keep('code'),
  component: lazyRouteComponent(() => import('../sign-in/join-page.js'), 'JoinPage'),
})

const account = createRoute({
  ...page,
  path: '/account',
  validateSearch: keep('tab'),
  component: lazyRouteComponent(() => import('../account/account-page.js'), 'AccountPage'),
})

const people = createRoute({
  ...page,
  path: '/people',
  validateSearch: keep('tab'),
  component: lazyRouteComponent(() => import('../people/people-page.js'), 'PeoplePage'),
})

const access = createRoute({
  ...page,
  path: '/access',
  validateSearch: keep('tab'),
  component: lazyRouteComponent(() => import('../access/access-page.js'), 'AccessPage'),
})

const teams = createRoute({
  ...page,
  path: '/teams',
  component: lazyRouteComponent(() => import('../teams/teams-page.js'), 'TeamsPage'),
})

const alerts = createRoute({
  ...page,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../alerts/alerts-page.js'), 'AlertsPage'),
})

const audit = createRoute({
  ...page,
  path: '/audit',
  validateSearch: keep('principal', 'action', 'type', 'object', 'outcome', 'address', 'from', 'to'),
  component: lazyRouteComponent(() => import('../audit/audit-page.js'), 'AuditPage'),
})

const routeTree = root.addChildren([
  ...[home, experiments, runs, run, compare],
  ...[models, model, version, compareVersions],
  ...experimentRoutes,
  ...mlflowRoutes,
  ...[endpoints, endpoint],
  ...[catalog, securable, query, volume],
  ...[jobs, newJob, job, editJob, jobRun, databricksJob, databricksRun],
  ...[reports, report],
  ...[signIn, join, account, people, access, teams, audit, alerts],
])

// Databricks' links have no slash after the `#`.
if (location.hash.startsWith('#job/'))
  window.history.replaceState(window.history.state, '', `#/${location.hash.slice(1)}`)

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  parseSearch: parseState,
  stringifySearch: stringifyState,
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
})

/** Shows the sign-in page, which leads back to the current one. */
export async function goToSignIn(): Promise<void> {
  const { href, pathname } = router.state.location
  if (isBeforeSignIn(pathname)) return
  await router.navigate({ to: '/sign-in', search: { return_to: href }, replace: true })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
