import { alsFiles } from '@cairn/flavors/als/write'
import { anAlsModel } from '@cairn/flavors/testing/als-model'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, onTestFinished, test } from 'vitest'
import { ModelThread } from '../runtime/model-thread.js'
import { createScoringServer } from './scoring-server.js'

test('answers of every size have the Content-Type of MLflow', async () => {
  const folder = newFolder()
  await writeFolder(folder, alsFiles(anAlsModel()))
  const model = await ModelThread.start(folder)
  const app = createScoringServer({ model, version: '1.0.0', allowedHosts: [] })
  onTestFinished(async () => {
    await app.close()
    await model.close()
  })
  const lengths: number[] = []
  for (const rows of [1, 5_000]) {
    const payload = { dataframe_records: Array(rows).fill({ history: [1, 4], k: 2 }) }
    const answer = await app.inject({ method: 'POST', url: '/invocations', payload })
    expect(answer.json().predictions).toHaveLength(rows)
    expect(answer.headers['content-type']).toBe('application/json')
    lengths.push(answer.rawPayload.length)
  }
  expect(lengths[1]).toBeGreaterThan(256 * 1024) // such answers come from the thread as bytes
})
