import {
  CreateOboToken,
  CreateToken,
  DeleteManagedToken,
  DeleteToken,
  Groups,
  ListManagedTokens,
  ListTokens,
  Me,
  ServicePrincipals,
  UnityMe,
  Users,
} from '@cairn/platform/protocol/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('identities over SCIM on %s', (_, database) => {
  let house: TestCatalog
  beforeAll(async () => {
    house = await testCatalog(database)
  })
  afterAll(() => house.close())

  test('are created with 201 in the shape of their type', async () => {
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/2.0/preview/scim/v2/Users',
      payload: { userName: 'ada@example.org', displayName: 'Ada', entitlements: [{ value: 'x' }] },
    })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: expect.any(String),
      userName: 'ada@example.org',
      displayName: 'Ada',
      active: true,
      emails: [{ value: 'ada@example.org', primary: true }],
      groups: [],
      meta: { resourceType: 'User' },
    })
    const service = await house.owner(ServicePrincipals.Create, { displayName: 'importer' })
    expect(service).toMatchObject({ applicationId: 'importer', displayName: 'importer', active: true })
    const team = await house.owner(Groups.Create, {
      displayName: 'data-engineering',
      members: [{ value: service.id }],
    })
    expect(team.members).toEqual([{ value: service.id, display: 'importer', type: 'ServicePrincipal' }])
    expect((await house.owner(ServicePrincipals.Get, { id: service.id })).groups).toEqual([
      { value: team.id, display: 'data-engineering', type: 'Group' },
    ])
  })

  test('are created whole or not at all', async () => {
    const bad = house.owner(Groups.Create, { displayName: 'half', members: [{ value: 'nobody' }] })
    expect(await failure(bad)).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect((await house.owner(Groups.List, { filter: 'displayName eq "half"' })).totalResults).toBe(0)
    expect(await failure(house.owner(Users.Create, { displayName: 'x' }))).toMatchObject({
      message: expect.stringContaining('userName'),
    })
  })

  test('are listed from startIndex, count at a time, and filtered by name', async () => {
    for (const name of ['l1', 'l2', 'l3'])
      await house.owner(ServicePrincipals.Create, { applicationId: name })
    const all = await house.owner(ServicePrincipals.List, { startIndex: 1, count: 10_000 })
    const second = await house.owner(ServicePrincipals.List, { startIndex: 2, count: 1 })
    expect(second).toMatchObject({ totalResults: all.totalResults, startIndex: 2, itemsPerPage: 1 })
    expect(second.Resources[0]).toEqual(all.Resources[1])
    const beyond = await house.owner(ServicePrincipals.List, { startIndex: 1000 })
    expect(beyond.Resources).toEqual([])
    const found = await house.owner(ServicePrincipals.List, { filter: 'applicationId eq "l2"' })
    expect(found.Resources.map((one) => one.applicationId)).toEqual(['l2'])
    expect(await failure(house.owner(Users.List, { filter: 'userName co "a"' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('filter'),
    })
  })

  test('change by patches, of which a bad one changes nothing', async () => {
    const [a, b] = [await house.actor(), await house.actor()]
    const { id } = await house.owner(Groups.Create, { displayName: 'patched' })
    const members = async () =>
      (await house.owner(Groups.Get, { id })).members?.map((one) => one.value).sort()
    const patch = (...Operations: { op: string; path?: string; value?: unknown }[]) =>
      house.owner(Groups.Patch, { id, Operations })
    await patch({ op: 'add', path: 'members', value: [{ value: a.principal.id }] })
    await patch({ op: 'Add', value: { members: [{ value: b.principal.id }] } })
    expect(await members()).toEqual([a.principal.id, b.principal.id].sort())
    await patch({ op: 'remove', path: `members[value eq "${a.principal.id}"]` })
    expect(await members()).toEqual([b.principal.id])
    await patch({ op: 'replace', path: 'members', value: [{ value: a.principal.id }] })
    expect(await members()).toEqual([a.principal.id])
    for (const bad of [
      { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
      { op: 'fly' },
      { op: 'add', path: 'wings', value: 1 },
      { op: 'replace', path: 'active', value: 'perhaps' },
    ])
      expect(await failure(patch(bad))).toMatchObject({ name: 'ApiError' })
    expect(await members()).toEqual([a.principal.id])
    await patch({ op: 'replace', value: { displayName: 'renamed' } })
    expect((await house.context.identities.get('renamed')).id).toBe(id)
  })

  test('that are deactivated are out at once', async () => {
    const eve = await house.actor()
    expect((await eve.as(Me, {})).userName).toBe(eve.principal.name)
    const Operations = [{ op: 'replace', path: 'active', value: false }]
    await house.owner(Users.Patch, { id: eve.principal.id, Operations })
    expect(await failure(eve.as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('show others only themselves and their groups, and are changed by none but their managers', async () => {
    const [eve, ada] = [await house.actor(), await house.actor()]
    const team = await house.owner(Groups.Create, {
      displayName: 'seen',
      members: [{ value: eve.principal.id }, { value: ada.principal.id }],
    })
    expect((await eve.as(Users.List, {})).Resources.map((one) => one.id)).toEqual([eve.principal.id])
    const hidden = await failure(eve.as(Users.Get, { id: ada.principal.id }))
    const absent = await failure(eve.as(Users.Get, { id: 'nobody' }))
    expect(hidden.message.replace(ada.principal.id, 'nobody')).toBe(absent.message)
    expect((await eve.as(Groups.Get, { id: team.id })).members).toHaveLength(2)
    const attempts = [
      eve.as(Users.Create, { userName: 'mallory' }),
      eve.as(Groups.Patch, { id: team.id, Operations: [] }),
      eve.as(Users.Delete, { id: ada.principal.id }),
      eve.as(CreateOboToken, { application_id: 'importer' }),
      eve.as(ListManagedTokens, {}),
    ]
    const codes = (await Promise.all(attempts.map(failure))).map((error) => error.code)
    expect(new Set(codes)).toEqual(new Set(['PERMISSION_DENIED']))
  })

  test('that own something are not deleted, others with all that is theirs', async () => {
    const ada = await house.actor()
    await house.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
    await aCatalog(ada.as, 'adas')
    expect(await failure(house.owner(Users.Delete, { id: ada.principal.id }))).toMatchObject({
      code: 'RESOURCE_CONFLICT',
      message: expect.stringContaining("owns 'adas'"),
    })
    const { principal, as } = await house.actor()
    const url = `/api/2.0/preview/scim/v2/Users/${principal.id}`
    expect((await house.app.inject({ method: 'DELETE', url })).statusCode).toBe(204)
    expect(await failure(as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    const gone = await house.app.inject(url)
    expect(gone.statusCode).toBe(404)
    expect(gone.headers['content-type']).toContain('application/scim+json')
    expect(gone.json()).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '404',
      detail: `User '${principal.id}' does not exist.`,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('know who they are, under Unity Catalog’s path too', async () => {
    expect(await house.owner(Me, {})).toMatchObject({ id: 'local-owner', userName: 'owner', active: true })
    expect(await house.owner(UnityMe, {})).toMatchObject({ userName: 'owner' })
    expect((await house.app.inject('/.well-known/databricks-config')).json()).toEqual({})
  })

  test('make tokens of their own, see and revoke them, and nobody else’s', async () => {
    const [ada, eve] = [await house.actor(), await house.actor()]
    const made = await ada.as(CreateToken, { comment: 'laptop', lifetime_seconds: 3600 })
    expect(made.token_info).toMatchObject({ comment: 'laptop' })
    expect(made.token_info.expiry_time - made.token_info.creation_time).toBe(3_600_000)
    const copy = house.context.client(made.token_value)
    expect((await copy(Me, {})).userName).toBe(ada.principal.name)
    expect((await ada.as(ListTokens, {})).token_infos).toContainEqual(made.token_info)
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

  test('of services get their tokens from those who manage identities', async () => {
    const importer = await house.actor('service_principal', 'loader')
    expect(await failure(importer.as(CreateToken, {}))).toMatchObject({ code: 'PERMISSION_DENIED' })
    const made = await house.owner(CreateOboToken, { application_id: 'loader', lifetime_seconds: 60 })
    const as = house.context.client(made.token_value)
    expect((await as(Me, {})).userName).toBe('loader')
    const { token_infos } = await house.owner(ListManagedTokens, { created_by_username: 'loader' })
    expect(token_infos).toHaveLength(2)
    await house.owner(DeleteManagedToken, { token_id: made.token_info.token_id })
    expect(await failure(as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    const user = await house.actor()
    expect(await failure(house.owner(CreateOboToken, { application_id: user.principal.name }))).toMatchObject(
      {
        code: 'RESOURCE_DOES_NOT_EXIST',
      },
    )
  })
})
