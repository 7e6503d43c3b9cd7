import { catalog } from '@cairn/catalog/plugin'
import { pipelines } from '@cairn/pipelines/plugin'
import { testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { serving } from '@cairn/serving/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { workspace } from '@cairn/workspace/plugin'

/** `METHOD path`, with `{}` for parameters. */
export type ServedRoutes = ReadonlySet<string>

/** Names of parameters do not matter: `{model_id}` and `:model_id` are the same segment. */
export const shapeOf = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, '{}').replace(/(.)\/$/, '$1')

/** Lists the routes of the services, read from an application on which they are registered. */
export async function servedRoutes(): Promise<ServedRoutes> {
  const routes = new Set<string>()
  const served = await testApp(async (app, context) => {
    app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.add(`${one} ${shapeOf(url)}`)
    })
    for (const service of [tracking, registry, catalog, serving, workspace, pipelines])
      await app.register(service, { context })
  })
  if (served.app.hasRoute({ method: 'GET', url: '/health' })) routes.add('GET /health')
  await served.close()
  return routes
}
