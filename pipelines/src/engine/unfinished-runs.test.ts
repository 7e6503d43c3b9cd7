import { migrate } from '@cairn/platform/db/migrate'
import { ApiError } from '@cairn/platform/errors'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { describe, expect, test } from 'vitest'
import { Wakeup } from '../flow/wakeup.js'
import type { PipelinesSchema } from '../schema.js'
import { submitTask } from '../testing/submit-task.js'
import { UnfinishedRuns } from './unfinished-runs.js'

describe.each(databases)('runs that attempts left unfinished on %s', (_name, database) => {
  test('are ended although those of an earlier attempt cannot be, and once if the server refuses', async () => {
    const opened = await testAuth(database)
    const db = opened.db.for<PipelinesSchema>()
    await migrate(opened.db, 'pipelines', new URL('../migrations/', import.meta.url))
    const task_run_id = await submitTask(db)
    const tokens = ['broken', 'refused', 'good']
    await db.transaction((tx) =>
      tx
        .insertInto('task_attempts')
        .values(
          tokens.map((token_id, i) => ({
            ...{ task_run_id, attempt: 11 + i, state: 'ended' as const, run_at: 1, ended_at: 7 },
            ...{ token_id, token_of: 'local-owner', runs_end_as: 'FAILED' as const },
          })),
        )
        .execute(),
    )
    const calls: object[] = []
    const call = async (_operation: object, input: { token_ids: string[] }) => {
      calls.push(input)
      if (input.token_ids[0] === 'broken') throw new ApiError('INTERNAL_ERROR', 'broken')
      if (input.token_ids[0] === 'refused') throw new ApiError('INVALID_PARAMETER_VALUE', 'refused')
    }
    const context = { db: opened.db, tokens: { revoke: async () => undefined }, client: () => call } as never
    const unfinished = new UnfinishedRuns({ context, wakeup: new Wakeup(), log: silentLog })
    unfinished.start()
    const pending = async () =>
      (
        await db.read
          .selectFrom('task_attempts')
          .select('token_id')
          .where('runs_end_as', 'is not', null)
          .execute()
      ).map(({ token_id }) => token_id)
    await expect.poll(pending).toEqual(['broken'])
    await unfinished.close()
    expect(calls).toEqual(
      tokens.map((token_id) => ({ token_ids: [token_id], status: 'FAILED', end_time: 7 })),
    )
    await opened.close()
  })
})
