import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { docsPage } from './docs-page.js'

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
  app.get('/openapi.json', { config: { right: 'anyone' }, schema: { hide: true } }, async () => app.swagger())
  docsPage(app)
}
