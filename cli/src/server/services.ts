import { invalid } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'

type Service = FastifyPluginAsync<{ context: ServiceContext }>

/** Imported only when they run, so that a small server stays small. */
const SERVICES: Readonly<Record<string, () => Promise<Service>>> = {
  tracking: async () => (await import('@cairn/tracking-server/plugin')).tracking,
  registry: async () => (await import('@cairn/registry/plugin')).registry,
  catalog: async () => (await import('@cairn/catalog/plugin')).catalog,
  serving: async () => (await import('@cairn/serving/plugin')).serving,
  pipelines: async () => (await import('@cairn/pipelines/plugin')).pipelines,
  web: async () => (await import('./web.js')).web,
}

/** Services call each other within their process: these are asked by requests that a client takes for one. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  registry: ['tracking'],
  serving: ['tracking', 'registry'],
}

/** @param names comma-separated; empty for all. @throws INVALID_PARAMETER_VALUE for names that cannot be, or not alone */
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
  if (unknown)
    throw invalid(`Unknown service '${unknown}'. The services are ${Object.keys(SERVICES).join(', ')}.`)
  for (const name of wanted) refuseAlone(name, wanted)
  const loading = Object.entries(SERVICES).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  const plugins = await Promise.all(loading.map(([, load]) => load()))
  for (const plugin of plugins) await app.register(plugin, { context })
}

function refuseAlone(name: string, wanted: readonly string[]) {
  const beside = BESIDE[name] ?? []
  if (beside.every((one) => wanted.includes(one))) return
  const together = [...new Set([...beside, ...wanted])].join(',')
  throw invalid(`Service '${name}' calls ${beside.join(' and ')} in its own process: --services ${together}`)
}
