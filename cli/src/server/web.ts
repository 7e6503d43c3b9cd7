import { createReadStream, existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServiceContext } from '@cairn/platform/service-context'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { movieRoutes } from './movies/routes.js'

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'"

/** Vite names an asset by its contents, so a browser that has it need not ask again. */
const IMMUTABLE = 'public, max-age=31536000, immutable'
/** As `@fastify/static` sends for files. */
const REVALIDATED = 'public, max-age=0'

/** The build compresses files for browsers that accept it, which need a third of the bytes for their first page. */
const COMPRESSED = { preCompressed: true, allowedPath: (path: string) => !path.endsWith('.gz') }

const folderOf = (app: string) => fileURLToPath(new URL(`../../../web/${app}/dist/`, import.meta.url))

/** The dashboard at `/` and the movie client at `/movies/`, from their built folders, and what the movie client calls. */
export const web: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await app.register(movieRoutes, { context })
  await app.register(pages)
}

const pages: FastifyPluginAsync = async (app) => {
  const setHeaders = (reply: FastifyReply, path: string) => {
    void reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
    if (basename(dirname(path)) === 'assets') void reply.header('cache-control', IMMUTABLE)
  }
  app.addHook('onRoute', (route) => {
    route.config = { right: 'anyone', ...route.config }
    route.schema = { hide: true, ...route.schema }
  })
  if (existsSync(folderOf('movies'))) {
    const page = join(folderOf('movies'), 'index.html')
    app.get('/movies', async ({ url }, reply) => {
      const [path = '', query] = url.split('?')
      // The page loads its files relative to itself, so that it works below any path of a proxy.
      if (!path.endsWith('/')) return reply.redirect(query === undefined ? 'movies/' : `movies/?${query}`)
      setHeaders(reply, page)
      void reply.header('cache-control', REVALIDATED)
      return reply.type('text/html').send(createReadStream(page))
    })
    await app.register(fastifyStatic, {
      root: folderOf('movies'),
      prefix: '/movies/',
      setHeaders,
      decorateReply: false,
      ...COMPRESSED,
    })
  }
  // MLflow's page to sign up: accounts are created with links, and the page says so.
  app.get('/signup', async (_request, reply) => reply.redirect('./#/join'))
  if (existsSync(folderOf('console'))) {
    const root = folderOf('console')
    // One route for hundreds of assets: a route for each takes a quarter of a start.
    await app.register(fastifyStatic, {
      root: join(root, 'assets'),
      prefix: '/assets/',
      setHeaders,
      decorateReply: false,
      ...COMPRESSED,
    })
    await app.register(fastifyStatic, {
      root,
      prefix: '/',
      wildcard: false,
      setHeaders,
      ...COMPRESSED,
      globIgnore: ['**/*.gz', 'assets/**'],
    })
  } else
    app.get('/', async (_request, reply) =>
      reply.type('text/plain').send('The dashboard is not built yet: run `npm run build`.\n'),
    )
}
