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
  pipelines: async () => (await import('@cairn/pipelines/plugin')).pipelines,
  web: async () => (await import('./web.js')).web,
}

/** Services call each other within their process, so these must run together. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  registry: ['tracking'],
  serving: ['tracking', 'registry'],
}

/** @param names comma-separated; empty for all. @throws INVALID_PARAMETER_VALUE for unknown names and missing dependencies */
export async function registerServices(
  app: FastifyInstance,
  context: ServiceContext,
  names: string,
): Promise<void> {
  const wanted = names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const unknown = wanted.find((name) => !Object.hasOwn(SERVICES, name))
  if (unknown) throw invalid(`Unknown service '${unknown}'; supported: ${Object.keys(SERVICES).join(', ')}.`)
  for (const name of wanted) requireDependencies(name, wanted)
  const loading = Object.entries(SERVICES).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  const plugins = await Promise.all(loading.map(([, load]) => load()))
  for (const plugin of plugins) await app.register(plugin, { context })
}

function requireDependencies(name: string, wanted: readonly string[]) {
  const dependencies = DEPENDENCIES[name] ?? []
  if (dependencies.every((service) => wanted.includes(service))) return
  const services = [...new Set([...dependencies, ...wanted])].join(',')
  throw invalid(
    `Service '${name}' needs ${dependencies.join(' and ')} in the same process: --services ${services}`,
  )
}
