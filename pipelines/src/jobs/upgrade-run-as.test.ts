import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { expect, onTestFinished, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { JobStore } from './store.js'
import { upgradeRunAs } from './upgrade-run-as.js'

test.each(databases)(
  'jobs of earlier releases keep the principals that they run as on %s',
  async (_, database) => {
    const auth = await testAuth(database)
    onTestFinished(() => auth.close())
    await migrate(auth.db, 'pipelines', new URL('../migrations/', import.meta.url))
    const db = auth.db.for<PipelinesSchema>()
    const jobs = new JobStore(db, () => 1)
    const ada = await auth.identities.create('user', 'ada')
    const robot = await auth.identities.create('service_principal', 'robot')
    const named = { user_name: 'ada' }
    const task = { task_key: 'a', run_as: { service_principal_name: 'robot' } }
    const stored = { user_name: 'ada', principal_id: 'somebody-else' }
    const settingsOf = async (jobId: number) => JSON.parse((await jobs.get(jobId)).settings)
    const old = await jobs.create({ name: 'old', run_as: named, tasks: [task] } as never, ada)
    const current = await jobs.create({ name: 'current', run_as: stored } as never, ada)
    const unknown = await jobs.create({ name: 'unknown', run_as: { user_name: 'nobody' } } as never, ada)

    expect(await upgradeRunAs(db, auth.identities)).toBe(1)
    expect(await settingsOf(old.job_id)).toMatchObject({
      run_as: { user_name: 'ada', principal_id: ada.id },
      tasks: [{ run_as: { service_principal_name: 'robot', principal_id: robot.id } }],
    })
    expect(await settingsOf(current.job_id)).toMatchObject({ run_as: stored })
    expect(await settingsOf(unknown.job_id)).toEqual({ name: 'unknown', run_as: { user_name: 'nobody' } })
    expect(await upgradeRunAs(db, auth.identities)).toBe(0)
  },
)
