import { defineConfig } from 'vite'

// `npm run dev` serves the page with hot reload and proxies API calls to a running server.
const server = process.env.CAIRN_URL ?? 'http://127.0.0.1:5000'
const APIS = ['/api']

export default defineConfig({
  base: './', // works below any path of a proxy
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: {
    host: '127.0.0.1',
    port: 5174,
    proxy: Object.fromEntries(APIS.map((path) => [path, { target: server }])),
  },
})
