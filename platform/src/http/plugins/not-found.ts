import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'
import { unservedReason } from './unserved-apis.js'

interface Route {
  readonly url: string
  readonly methods: Set<string>
  pattern?: RegExp
}

/** Responds 404 to an unknown path and 405 to an unsupported method. Must be called before the routes are registered. */
export function handleNotFound(app: FastifyInstance) {
  const routes = new Map<string, Route>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { url, methods: new Set() }
    routes.set(url, route)
    for (const one of [method].flat()) route.methods.add(one)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const allowed = allowedMethods(path, routes)
    // A route that takes the method may still lack the path, as the files of a folder do.
    if (allowed.length === 0 || allowed.includes(request.method))
      throw new ApiError(
        'ENDPOINT_NOT_FOUND',
        `No endpoint ${request.method} ${path}. ${unservedReason(path) ?? 'The API is listed at /docs.'}`,
      )
    const list = allowed.join(', ')
    void reply.header('allow', list)
    throw new ApiError('METHOD_NOT_ALLOWED', `${path} takes ${list}, not ${request.method}.`)
  })
}

/** Returns the methods of the route with exactly this path, or otherwise of all routes whose pattern matches it. */
function allowedMethods(path: string, routes: ReadonlyMap<string, Route>): string[] {
  const exact = routes.get(path)
  if (exact) return [...exact.methods]
  const matching = [...routes.values()].filter((route) => {
    route.pattern ??= patternOf(route.url)
    return route.pattern.test(path)
  })
  return [...new Set(matching.flatMap(({ methods }) => [...methods]))]
}

const NEVER = /(?!)/

/** Returns the pattern of a route. That of a route without parameters, and of `/*`, which fits every path, matches nothing. */
function patternOf(url: string): RegExp {
  if (!/[:*]/.test(url) || /^\/?\*$/.test(url)) return NEVER
  const segments = url
    .split('/')
    .map((segment) =>
      segment.startsWith(':') ? '[^/]+' : escaped(segment.replaceAll('::', ':')).replaceAll('*', '.*'),
    )
  return new RegExp(`^${segments.join('/')}/?$`)
}

const escaped = (text: string) => text.replace(/[^\w*-]/g, '\\$&')
