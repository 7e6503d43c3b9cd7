import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { getMember } from './find-principal.js'

const clientOf = (answers: Readonly<Record<string, { id: string }[]>>): Client =>
  (async ({ path }: { path: string }) => ({
    Resources: Object.entries(answers).find(([noun]) => path.endsWith(noun))?.[1] ?? [],
  })) as unknown as Client

test('finds a member among users, service principals and groups, and names one that does not exist', async () => {
  expect(await getMember(clientOf({ Groups: [{ id: 'g' }] }), 'web')).toEqual({ id: 'g' })
  await expect(getMember(clientOf({}), 'web')).rejects.toThrow(
    "No user, service principal or group is named 'web'.",
  )
})

test('reports why principals cannot be listed, instead of a missing member', async () => {
  const denied = (async () => {
    throw new ApiError('PERMISSION_DENIED', 'MANAGE IDENTITIES is required.')
  }) as unknown as Client
  await expect(getMember(denied, 'web')).rejects.toThrow('MANAGE IDENTITIES is required.')
})
