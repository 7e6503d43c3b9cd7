import { ModelThread } from '@cairn/serving/runtime/model-thread'
import Fastify from 'fastify'

// The minimum cost of a response from a model in a thread, without tokens, limits, metrics and inference table. Arguments: the
// port and the folder of the model.
const [, , port, folder] = process.argv
const model = await ModelThread.start(folder!)
const app = Fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.get('/health', async () => 'OK')
app.post('/invocations', async ({ body, headers }, reply) => {
  const contentType = headers['content-type']
  const { response } = await model.predict({
    protocol: 'mlflow',
    body: { bytes: body as Buffer, ...(contentType !== undefined && { contentType }) },
    name: 'model',
    version: '1',
  })
  void reply.header('content-type', response.contentType)
  return response.body
})
await app.listen({ host: '127.0.0.1', port: Number(port) })
