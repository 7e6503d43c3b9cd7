import type { ServiceScope } from '@cairn/platform/auth/scopes'
import type { Config } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'

type Service = FastifyPluginAsync<{ context: ServiceContext }>

/** Imported on demand, so that a server with few services stays small. */
const SERVICES: Readonly<Record<string, () => Promise<Service>>> = {
  tracking: async () => (await import('@cairn/tracking-server/plugin')).tracking,
  registry: async () => (await import('@cairn/registry/plugin')).registry,
  catalog: async () => (await import('@cairn/catalog/plugin')).catalog,
  serving: async () => (await import('@cairn/serving/plugin')).serving,
  workspace: async () => (await import('@cairn/workspace/plugin')).workspace,
  pipelines: async () => (await import('@cairn/pipelines/plugin')).pipelines,
  web: async () => (await import('./web.js')).web,
}

/** The scope of tokens that admits the routes of a service; `serving` has one for each endpoint. */
const SCOPES: Readonly<Record<string, ServiceScope>> = {
  tracking: 'tracking',
  registry: 'registry',
  catalog: 'catalog',
  workspace: 'workspace',
  pipelines: 'jobs',
}

/** Services call each other within their process, so these must run together, unless they can call another server. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  registry: ['tracking'],
  serving: ['tracking', 'registry'],
}
const MAY_CALL_SERVER = 'serving'

const namesIn = (services: string) =>
  services
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

/** Returns whether the configured services call those that are missing here on the server of `tracking_url`. */
export function callsServer({ services, tracking_url }: Pick<Config, 'services' | 'tracking_url'>): boolean {
  if (!tracking_url) return false
  const names = namesIn(services)
  const local = DEPENDENCIES[MAY_CALL_SERVER]!.filter((name) => names.length === 0 || names.includes(name))
  if (local.length > 0)
    throw invalid(
      `'tracking_url' is for a server that runs none of tracking and registry, and this one runs ${local.join(' and ')}: remove CAIRN_TRACKING_URL, or choose other --services.`,
    )
  return true
}

/** @param names comma-separated; empty for all. @throws INVALID_PARAMETER_VALUE for unknown names and missing dependencies */
export async function registerServices(
  app: FastifyInstance,
  context: ServiceContext,
  names: string,
): Promise<void> {
  const wanted = namesIn(names)
  const unknown = wanted.find((name) => !Object.hasOwn(SERVICES, name))
  if (unknown) throw invalid(`Unknown service '${unknown}'; supported: ${Object.keys(SERVICES).join(', ')}.`)
  for (const name of wanted) requireDependencies(name, wanted, context.config)
  const loading = Object.entries(SERVICES).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  const plugins = await Promise.all(loading.map(([, load]) => load()))
  for (const [at, plugin] of plugins.entries()) {
    const scope = SCOPES[loading[at]![0]]
    await app.register(async (own) => {
      own.addHook('onRoute', (route) => {
        if (scope) route.config = { ...route.config, service: scope }
      })
      await own.register(plugin, { context })
    })
  }
}

function requireDependencies(
  name: string,
  wanted: readonly string[],
  { tracking_url }: Pick<Config, 'tracking_url'>,
) {
  const dependencies = DEPENDENCIES[name] ?? []
  if (dependencies.every((service) => wanted.includes(service))) return
  if (name === MAY_CALL_SERVER && tracking_url) return
  const services = [...new Set([...dependencies, ...wanted])].join(',')
  const other =
    name === MAY_CALL_SERVER
      ? ', or CAIRN_TRACKING_URL and CAIRN_TRACKING_TOKEN of a server that runs them'
      : ''
  throw invalid(
    `Service '${name}' needs ${dependencies.join(' and ')} in the same process: --services ${services}${other}`,
  )
}
