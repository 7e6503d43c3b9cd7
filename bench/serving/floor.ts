import Fastify from 'fastify'

// The minimum cost of an HTTP handler, which parses the body and answers one number. Argument: the port.
const app = Fastify()
app.get('/health', async () => 'OK')
app.post('/invocations', async (request) => ({
  predictions: [(request.body as { dataframe_split: { data: number[][] } }).dataframe_split.data.length],
}))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
