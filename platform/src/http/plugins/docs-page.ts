import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

const PATH = '/docs'
/** The headers about the connection, which are not those of the connection with the client. */
const OF_THE_CONNECTION = ['connection', 'date', 'keep-alive', 'transfer-encoding']

/**
 * Serves a reader of the OpenAPI document at `/docs`. The first request loads it into a separate application, because its
 * packages take a twentieth of the start of a server.
 */
export function docsPage(app: FastifyInstance) {
  let page: Promise<FastifyInstance> | undefined
  const answer = async ({ method, url, headers }: FastifyRequest, reply: FastifyReply) => {
    page ??= openPage(app)
    const response = await (await page).inject({ method: method as 'GET', url, headers })
    if (response.statusCode === 404) return reply.callNotFound()
    for (const [name, value] of Object.entries(response.headers))
      if (!OF_THE_CONNECTION.includes(name)) void reply.header(name, value)
    return reply.code(response.statusCode).send(response.rawPayload)
  }
  for (const url of [PATH, `${PATH}/*`])
    app.get(url, { config: { right: 'anyone' }, schema: { hide: true } }, answer)
  app.addHook('onClose', async () => (await page)?.close())
}

async function openPage(app: FastifyInstance): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const page = Fastify({ routerOptions: { ignoreTrailingSlash: true } })
  await page.register(swagger, { mode: 'static', specification: { document: app.swagger() as never } })
  await page.register(swaggerUi, {
    routePrefix: PATH,
    staticCSP: true,
    uiConfig: { docExpansion: 'none', deepLinking: true, filter: true },
  })
  return page
}
