import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDb } from '@cairn/platform/db/open'
import { expect, test } from 'vitest'
import { openSource } from './open-source.js'

const WITHOUT = { artifacts: undefined, token: undefined }

test('reads SQLite URLs like MLflow: relative after three slashes, absolute after four', async () => {
  expect(() => openSource('sqlite:///nowhere.db', WITHOUT)).toThrow(/^nowhere\.db cannot be read/)
  const folder = mkdtempSync(join(tmpdir(), 'cairn-open-source-'))
  try {
    const file = join(folder, 'mlflow.db')
    const db = openDb<unknown>(`sqlite:${file}`)
    await db.engine.script('create table experiments (experiment_id); create table runs (run_uuid)')
    await db.close()
    for (const from of [`sqlite:///${file}`, `sqlite:${file}`, file]) openSource(from, WITHOUT).close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
