import { CreateInvite, CreatePasswordReset } from '@cairn/platform/protocol/cairn/sign-in'
import { RotateToken } from '@cairn/platform/protocol/cairn/token-rotation'
import { CreateOboToken, CreateToken } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { expect, test } from 'vitest'
import { failure, testCatalog } from '../testing/catalog.js'

test.each(databases)(
  'the token of a task creates nothing that outlasts its attempt, on %s',
  async (_, database) => {
    const server = await testCatalog(database)
    try {
      const { tokens, client } = server.context
      const { secret } = await tokens.issue('local-owner', 'any', { seconds: 60, purpose: 'attempt' })
      const task = client(secret)
      const { principal } = await server.actor()
      for (const refused of [
        () => task(CreateToken, {}),
        () => task(RotateToken, {}),
        () => task(CreateOboToken, { application_id: principal.name }),
        () => task(CreateInvite, {}),
        () => task(CreatePasswordReset, { id: principal.id }),
      ])
        expect(await failure(refused())).toMatchObject({
          code: 'PERMISSION_DENIED',
          message: expect.stringContaining('that outlast it'),
        })
      const own = await tokens.issue('local-owner', 'task run 7')
      await expect(client(own.secret)(CreateToken, {})).resolves.toMatchObject({ token_info: {} })
    } finally {
      await server.close()
    }
  },
)
