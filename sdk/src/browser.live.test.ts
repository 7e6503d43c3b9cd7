import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HttpTransport } from './http.js'
import { all } from './testing/offline.js'
import { servers } from './testing/servers.js'
import { TrackingClient } from './tracking.js'

const executablePath = [
  process.env.TEST_CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
].find((path) => path && existsSync(path))

/** Script of the test page. */
const PAGE = `
  import { imageFiles } from './images/log-image.js'
  import { currentRun, withRun } from './run.js'

  const pixels = (width, height) =>
    new ImageData(Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256)), width)

  globalThis.logged = async (experiment) =>
    withRun({ experiment, name: 'page', strict: true }, async (run) => {
      await run.logParams({ agent: navigator.userAgent })
      for (let step = 0; step < 1200; step++) await run.logMetrics({ loss: 1 / (step + 1) }, { step })
      const stored = await run.logArtifact(new File([new Uint8Array(3_000_000).fill(7)], 'weights.bin'))
      await run.logTable([{ x: 1 }], 't.json')
      await run.logImage(pixels(20, 10), { key: 'pixels', step: 1 })
      const [png] = Object.values(await imageFiles(pixels(300, 20), 'a.png'))
      await run.logImage(new Blob([png]), { key: 'encoded' })
      const model = await run.logModel({ 'w.bin': new Uint8Array(4) }, { name: 'm', flavors: { mine: {} } })
      const child = await withRun({ parent: run, name: 'child' }, async (run) => run.id)
      return { id: run.id, stored, modelId: model.modelId, child, current: currentRun()?.id }
    })

  globalThis.decoded = async () => {
    const image = pixels(33, 17)
    const files = await imageFiles(image, { key: 'k' })
    const same = async (content) => {
      const bitmap = await createImageBitmap(new Blob([content]), { colorSpaceConversion: 'none' })
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      context.drawImage(bitmap, 0, 0)
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data.every((byte, i) => byte === image.data[i])
    }
    return Promise.all(Object.values(files).map(same))
  }

  globalThis.offline = () => withRun({ mode: 'offline' }, async () => {}).catch((error) => error.message)
`

async function pageOf(url: string) {
  const resolveDir = fileURLToPath(new URL('.', import.meta.url))
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    conditions: ['source'],
  })
  const browser = await chromium.launch({
    executablePath: executablePath!,
    timeout: 240_000,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  page.setDefaultTimeout(240_000)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  await page.route(`${url}/sdk.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><script type="module">${outputFiles[0]!.text.replaceAll('</script', '<\\/script')}</script>`,
    }),
  )
  await page.goto(`${url}/sdk.html`)
  await page.waitForFunction('globalThis.offline')
  return { page, failures }
}

describe.skipIf(!executablePath)('in Chromium', () => {
  test.each(servers)(
    'a page logs a run to $name',
    async ({ start }) => {
      const server = await start()
      onTestFinished(() => server.stop())
      const { page, failures } = await pageOf(server.url)
      const experiment = `browser ${crypto.randomUUID()}`
      const logged = (await page.evaluate(`logged(${JSON.stringify(experiment)})`)) as {
        id: string
        stored: object
        modelId: string
        child: string
        current?: string
      }
      expect(failures).toEqual([])

      const client = new TrackingClient(new HttpTransport({ baseUrl: server.url }))
      const { info, data, outputs } = await client.runs.get(logged.id)
      expect(info).toMatchObject({ status: 'FINISHED', run_name: 'page' })
      const tags = Object.fromEntries((data.tags ?? []).map((tag) => [tag.key, tag.value]))
      expect(tags).toMatchObject({
        'mlflow.source.name': `${server.url}/sdk.html`,
        'mlflow.loggedImages': 'true',
      })
      expect(await all(client.runs.metricHistory(logged.id, 'loss'))).toHaveLength(1200)
      const bytes = new Uint8Array(3_000_000).fill(7)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect(logged.stored).toEqual({ path: 'weights.bin', size: bytes.length, sha256 })
      const files = (await all(client.artifacts.walk(info.artifact_uri))).map((file) =>
        file.path.replace(/timestamp\+\d+\+[0-9a-f-]{36}/, 'T'),
      )
      expect(files.sort()).toEqual([
        'images/encoded+step+0+T+compressed.webp',
        'images/encoded+step+0+T.png',
        'images/pixels+step+1+T+compressed.webp',
        'images/pixels+step+1+T.png',
        't.json',
        'weights.bin',
      ])
      const back = await new Response(
        await client.artifacts.get(info.artifact_uri, 'weights.bin'),
      ).arrayBuffer()
      expect(Buffer.from(back).equals(bytes)).toBe(true)
      expect(outputs?.model_outputs).toMatchObject([{ model_id: logged.modelId }])
      expect(logged.current).toBeUndefined()
      const child = await client.runs.get(logged.child)
      expect(child.data.tags).toContainEqual({ key: 'mlflow.parentRunId', value: logged.id })

      expect(await page.evaluate('decoded()')).toEqual([true, true])
      expect(await page.evaluate('offline()')).toMatch(/not available in browsers/)
    },
    300_000,
  )
})
