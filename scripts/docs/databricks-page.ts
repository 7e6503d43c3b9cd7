import { DATABRICKS_CALLS } from './databricks-calls.js'
import { type ServedRoutes, servedRoutes, shapeOf } from './served-routes.js'
import { UNITY_CATALOG_CALLS } from './unity-catalog-calls.js'

const REGISTRY = "models are in MLflow's registry, which `w.model_registry` and MLflow's clients read"
const STORE = 'data lies in the store of the server; tables at other places need MANAGE on the metastore'

/** The reasons why calls of a service are not served. */
const REASONS: Readonly<Record<string, string>> = {
  functions: 'the catalog has tables and volumes only',
  registered_models: REGISTRY,
  model_versions: REGISTRY,
  storage_credentials: STORE,
  credentials: STORE,
  external_locations: STORE,
  delta_commits: 'writers commit to the log of the table',
  metastores: 'a server has one metastore',
  grants: '`get` and `get_effective` return all of them at once',
  queries: 'a query is kept as the link of its page, or as a task of a job',
  warehouses: 'a server is one warehouse, which needs no administration',
  model_registry:
    "versions have neither comments nor requests for transitions; webhooks are served by MLflow's paths",
  experiments: 'issues are served by the paths of MLflow',
  serving_endpoints: 'throughput is not provisioned, and external services are not called',
  users: 'passwords have no permissions',
  tokens: 'a token is replaced, not changed',
  token_management: 'tokens have no permissions: administrators manage those of all principals',
  temporary_credentials: "files of model versions are read through MLflow's API",
  dbfs: 'files are in volumes (`w.files`) and in the workspace',
  repos: 'the workspace has no Git folders; bundles (`cairn bundle deploy`) copy files',
}

/** Renders the calls of databricks-sdk and unitycatalog-client, and which of them the routes of the services serve. */
export async function databricksPage(): Promise<string> {
  const routes = await servedRoutes()
  return `# Databricks and Unity Catalog compatibility

Written by \`npm run docs\` from \`scripts/docs/databricks-calls.ts\`, \`unity-catalog-calls.ts\` and the routes of the services. Both clients work
unchanged: \`WorkspaceClient(host="http://127.0.0.1:5000", token=…)\`, and \`Configuration(host="http://127.0.0.1:5000/api/2.1/unity-catalog")\`.
Settings of jobs, endpoints, destinations and secrets that Cairn would not enforce are refused with a 400 that names them; unknown fields are ignored.

## mlflow

\`mlflow.set_registry_uri("databricks-uc")\` works with \`DATABRICKS_HOST\` and \`DATABRICKS_TOKEN\` of this server, and with databricks-sdk installed. It has the
models of MLflow's registry whose names have three parts (ADR 70): \`main.recs.movies\` is also the name of the model for \`cairn models\`, for endpoints and in the
console. The tracking URI is the address of the server, not \`databricks\` ([From MLflow](from-mlflow.md#from-databricks)).

## databricks-sdk

Services that are not in the table, such as \`w.clusters\` and \`w.lakeview\`, are not served: the server answers 404, and for the most common ones
it names what to use instead.

${tableOf(DATABRICKS_CALLS, (service) => `\`w.${service}\``, routes)}

## unitycatalog-client

${tableOf(UNITY_CATALOG_CALLS, apiName, routes)}
`
}

const apiName = (service: string) =>
  `\`${service
    .split('_')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')}Api\``

function tableOf(
  services: Readonly<Record<string, readonly string[]>>,
  title: (service: string) => string,
  routes: ServedRoutes,
): string {
  const rows = Object.entries(services).map(([service, calls]) => {
    const served = calls.filter((call) => isServed(call, routes))
    const others = calls.filter((call) => !served.includes(call))
    const reason = others.length > 0 && REASONS[service] ? `: ${REASONS[service]}` : ''
    return `| ${title(service)} | ${names(served)} | ${names(others)}${reason} |`
  })
  return `| | served | not served |\n|---|---|---|\n${rows.join('\n')}`
}

function isServed(call: string, routes: ServedRoutes): boolean {
  const [, method, path] = call.split(' ') as [string, string, string]
  return routes.has(`${method} ${shapeOf(path)}`)
}

const names = (calls: readonly string[]) => calls.map((call) => `\`${call.split(' ')[0]}\``).join(', ') || '–'
