import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `npm run dev` serves the page with hot reload and proxies API calls to a running server.
const server = process.env.CAIRN_URL ?? 'http://127.0.0.1:5000'
const APIS = [
  '/api',
  '/ajax-api',
  '/get-artifact',
  '/embed-artifact',
  '/model-versions',
  '/serving-endpoints',
  '/health',
  '/version',
  '/docs',
  '/movies',
]

const OWN_SOURCE = /web\/console\/src\/.*\.tsx?$/
/** Modules that at least this many parts of the console use load with the first page. */
const SHARED_BY = 6

export default defineConfig({
  // Relative, so that the console works below a path prefix; routes are in the URL fragment.
  base: './',
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    // Without it, a page requests up to a hundred chunks of a kilobyte that it shares with others.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'shared', test: OWN_SOURCE, minShareCount: SHARED_BY }] } },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: Object.fromEntries(APIS.map((path) => [path, { target: server }])),
  },
})
