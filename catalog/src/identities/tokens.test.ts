import { RotateToken } from '@cairn/platform/protocol/cairn/token-rotation'
import {
  CreateOboToken,
  CreateToken,
  DeleteManagedToken,
  DeleteToken,
  Groups,
  ListManagedTokens,
  ListTokens,
  Me,
} from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('identities and their tokens on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
  })
  afterAll(() => server.close())

  test('create, list and revoke their own tokens, and no others', async () => {
    const [ada, eve] = [await server.actor(), await server.actor()]
    const made = await ada.as(CreateToken, { comment: 'laptop', lifetime_seconds: 3600 })
    expect(made.token_info).toMatchObject({ comment: 'laptop' })
    expect(made.token_info.expiry_time - made.token_info.creation_time).toBe(3_600_000)
    const copy = server.context.client(made.token_value)
    expect((await copy(Me, {})).userName).toBe(ada.principal.name)
    expect((await ada.as(ListTokens, {})).token_infos).toContainEqual(
      expect.objectContaining(made.token_info),
    )
    const { token_id } = made.token_info
    expect(await failure(eve.as(DeleteToken, { token_id }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    await ada.as(DeleteToken, { token_id })
    expect(await failure(copy(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await failure(ada.as(CreateToken, { lifetime_seconds: 0 }))).toMatchObject({
      message: expect.stringContaining('lifetime_seconds'),
    })
  })

  test('create tokens with scopes, which can do nothing else', async () => {
    const ada = await server.actor('user')
    const scopes = ['serving:movies', 'serving:other']
    const { token_value, token_info } = await ada.as(CreateToken, { scopes })
    expect(token_info.scopes).toEqual(scopes)
    expect((await ada.as(ListTokens, {})).token_infos).toContainEqual(token_info)
    expect((await ada.as(CreateToken, { scope: 'serving:movies' })).token_info.scopes).toEqual([
      'serving:movies',
    ])
    const scoped = server.context.client(token_value)
    for (const refused of [() => scoped(Me, {}), () => scoped(CreateToken, {}), () => scoped(ListTokens, {})])
      expect(await failure(refused())).toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('only for serving:movies, serving:other'),
      })
    for (const input of [
      { scopes: [] },
      { scopes: ['serving:movies', 'sql'] },
      { scopes: ['serving:'] },
      { scope: '*' },
    ])
      expect(await failure(ada.as(CreateToken, input))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining("'scopes"),
      })
    const service = await server.actor('service_principal', 'web')
    const obo = await server.owner(CreateOboToken, { application_id: service.principal.name, scopes })
    expect(obo.token_info.scopes).toEqual(scopes)
  })

  test('of services get their tokens from principals with MANAGE IDENTITIES', async () => {
    const importer = await server.actor('service_principal', 'loader')
    expect(await failure(importer.as(CreateToken, {}))).toMatchObject({ code: 'PERMISSION_DENIED' })
    const made = await server.owner(CreateOboToken, { application_id: 'loader', lifetime_seconds: 60 })
    const as = server.context.client(made.token_value)
    expect((await as(Me, {})).userName).toBe('loader')
    const { token_infos } = await server.owner(ListManagedTokens, { created_by_username: 'loader' })
    expect(token_infos).toHaveLength(2)
    await server.owner(DeleteManagedToken, { token_id: made.token_info.token_id })
    expect(await failure(as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    const user = await server.actor()
    const own = await server.owner(CreateOboToken, { application_id: user.principal.name })
    expect((await server.context.client(own.token_value)(Me, {})).userName).toBe(user.principal.name)
    const { displayName } = await server.owner(Groups.Create, { displayName: 'no-tokens' })
    expect(await failure(server.owner(CreateOboToken, { application_id: displayName }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('replace their own token, and both are revoked together', async () => {
    const importer = await server.actor('service_principal', 'rotating')
    const made = await server.owner(CreateOboToken, {
      application_id: 'rotating',
      comment: 'cron',
      scopes: ['read'],
    })
    const old = server.context.client(made.token_value)
    const next = await old(RotateToken, { grace_seconds: 60 })
    expect(next.token_info).toMatchObject({ comment: 'cron', scopes: ['read'] })
    const fresh = server.context.client(next.token_value)
    const third = await fresh(RotateToken, {})
    for (const secret of [made.token_value, next.token_value, third.token_value])
      expect((await server.context.client(secret)(Me, {})).userName).toBe('rotating')
    const listed = (await importer.as(ListTokens, {})).token_infos
    const expiry = listed.find((token) => token.token_id === made.token_info.token_id)!.expiry_time
    expect(expiry - Date.now()).toBeLessThanOrEqual(60_000)
    await server.owner(DeleteManagedToken, { token_id: made.token_info.token_id })
    for (const secret of [made.token_value, next.token_value, third.token_value])
      expect(await failure(server.context.client(secret)(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await importer.as(Me, {})).userName).toBe('rotating')
  })

  test('do not get a longer lifetime by replacing their token, unless they manage identities', async () => {
    const hasty = await server.actor()
    const { token_value } = await hasty.as(CreateToken, { lifetime_seconds: 600 })
    const client = server.context.client(token_value)
    expect(await failure(client(RotateToken, { lifetime_seconds: 601 }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    const { token_info } = await client(RotateToken, { grace_seconds: 600 })
    expect(token_info.expiry_time - token_info.creation_time).toBe(600_000)
    await server.grant(hasty.principal, 'metastore', '', 'MANAGE IDENTITIES')
    const longer = (await client(RotateToken, { lifetime_seconds: 6_000 })).token_info
    expect(longer.expiry_time - longer.creation_time).toBe(6_000_000)
  })

  test('see when their tokens were used, and tokens expire by default', async () => {
    const ada = await server.actor()
    const { token_value, token_info } = await ada.as(CreateToken, {})
    expect(token_info.expiry_time - token_info.creation_time).toBe(90 * 86_400_000)
    expect(token_info.last_used_at).toBeUndefined()
    await server.context.client(token_value)(Me, {})
    const used = async () =>
      (await ada.as(ListTokens, {})).token_infos.find((one) => one.token_id === token_info.token_id)
        ?.last_used_at
    await expect.poll(used).toBeGreaterThanOrEqual(token_info.creation_time)
  })
})
