import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** Serves the OpenAPI document of all registered operations at `/openapi.json` and its reader at `/docs`. */
export async function openApi(app: FastifyInstance) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Cairn',
        version: '0.1.0',
        description: "MLflow's, Unity Catalog's and Databricks' APIs in one server.",
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, {}],
    },
  })
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, right: 'anyone' }
    })
    await page.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: { docExpansion: 'none', deepLinking: true, filter: true },
    })
  })
  app.get('/openapi.json', { config: { right: 'anyone' }, schema: { hide: true } }, async () => app.swagger())
}
