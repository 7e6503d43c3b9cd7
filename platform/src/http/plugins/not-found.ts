import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

/** Nothing at a path is 404, another method there 405. To be called before the routes are registered. */
export function handleNotFound(app: FastifyInstance) {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set()
    methods.set(url, known)
    for (const one of [method].flat()) known.add(one)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const allowed = methods.get(path)
    if (!allowed)
      throw new ApiError(
        'ENDPOINT_NOT_FOUND',
        `No endpoint ${request.method} ${path}. The API is listed at /docs.`,
      )
    const list = [...allowed].join(', ')
    void reply.header('allow', list)
    throw new ApiError('METHOD_NOT_ALLOWED', `${path} takes ${list}, not ${request.method}.`)
  })
}
