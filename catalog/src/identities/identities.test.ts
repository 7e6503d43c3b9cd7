import {
  CreateOboToken,
  DeleteManagedToken,
  Groups,
  ListManagedTokens,
  Me,
  ServicePrincipals,
  UnityMe,
  Users,
} from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('identities over SCIM on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
  })
  afterAll(() => server.close())

  test('are personal data, which no cache keeps', async () => {
    for (const path of ['Users', 'Groups', 'ServicePrincipals', 'Me']) {
      const answer = await server.app.inject(`/api/2.0/preview/scim/v2/${path}`)
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    }
  })

  test('are created with 201 in the format of their type', async () => {
    const answer = await server.app.inject({
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
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: expect.any(String),
        location: expect.stringMatching(/^\/api\/2\.0\/preview\/scim\/v2\/Users\//),
      },
    })
    const service = await server.owner(ServicePrincipals.Create, { displayName: 'importer' })
    expect(service).toMatchObject({ applicationId: 'importer', displayName: 'importer', active: true })
    const team = await server.owner(Groups.Create, {
      displayName: 'data-engineering',
      members: [{ value: service.id }],
    })
    expect(team.members).toEqual([{ value: service.id, display: 'importer', type: 'ServicePrincipal' }])
    expect((await server.owner(ServicePrincipals.Get, { id: service.id })).groups).toEqual([
      { value: team.id, display: 'data-engineering', type: 'Group' },
    ])
  })

  test('are created atomically', async () => {
    const bad = server.owner(Groups.Create, { displayName: 'half', members: [{ value: 'nobody' }] })
    expect(await failure(bad)).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect((await server.owner(Groups.List, { filter: 'displayName eq "half"' })).totalResults).toBe(0)
    expect(await failure(server.owner(Users.Create, { displayName: 'x' }))).toMatchObject({
      message: expect.stringContaining('userName'),
    })
  })

  test('are paged by startIndex and count, and filtered by name', async () => {
    for (const name of ['l1', 'l2', 'l3'])
      await server.owner(ServicePrincipals.Create, { applicationId: name })
    const all = await server.owner(ServicePrincipals.List, { startIndex: 1, count: 10_000 })
    const second = await server.owner(ServicePrincipals.List, { startIndex: 2, count: 1 })
    expect(second).toMatchObject({ totalResults: all.totalResults, startIndex: 2, itemsPerPage: 1 })
    expect(second.Resources[0]).toEqual(all.Resources[1])
    const beyond = await server.owner(ServicePrincipals.List, { startIndex: 1000 })
    expect(beyond.Resources).toEqual([])
    const found = await server.owner(ServicePrincipals.List, { filter: 'applicationId eq "l2"' })
    expect(found.Resources.map((one) => one.applicationId)).toEqual(['l2'])
    expect(await failure(server.owner(Users.List, { filter: 'wings co "a"' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('filter'),
    })
  })

  test('are changed by patches, atomically', async () => {
    const [a, b] = [await server.actor(), await server.actor()]
    const { id } = await server.owner(Groups.Create, { displayName: 'patched' })
    const members = async () =>
      (await server.owner(Groups.Get, { id })).members?.map((one) => one.value).sort()
    const patch = (...Operations: { op: string; path?: string; value?: unknown }[]) =>
      server.owner(Groups.Patch, { id, Operations })
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
      { op: 'remove', path: 'members[x eq "1"]' },
      { op: 'replace', path: 'active', value: 'perhaps' },
    ])
      expect(await failure(patch(bad))).toMatchObject({ name: 'ApiError' })
    expect(await members()).toEqual([a.principal.id])
    const half = patch({ op: 'replace', value: { displayName: 'half', members: [{ value: 'nobody' }] } })
    expect(await failure(half)).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await server.context.identities.find('half')).toBeUndefined()
    await patch({ op: 'replace', value: { displayName: 'renamed' } })
    expect((await server.context.identities.get('renamed')).id).toBe(id)
  })

  test('are provisioned as Entra does: by externalId, with text booleans and paths with filters', async () => {
    const url = '/api/2.0/preview/scim/v2/Users'
    const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
    const headers = { 'content-type': 'application/scim+json' }
    const post = (payload: object) =>
      server.app.inject({ method: 'POST', url, headers, payload: JSON.stringify(payload) })
    const body = {
      schemas: [user, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
      ...{ externalId: 'e-1', userName: 'entra@example.org', active: 'True', displayName: 'Entra' },
      emails: [{ primary: true, type: 'work', value: 'work@example.org' }],
      name: { formatted: 'En Tra', familyName: 'Tra', givenName: 'En' },
    }
    const made = await post(body)
    expect(made.json()).toMatchObject({ externalId: 'e-1', emails: [{ value: 'work@example.org' }] })
    expect((await post(body)).json()).toMatchObject({ status: '409', scimType: 'uniqueness' })
    const { id } = made.json()
    const found = async (filter: string) =>
      (await server.owner(Users.List, { filter })).Resources.map((one) => one.userName)
    expect(await found('externalId eq "e-1"')).toEqual(['entra@example.org'])
    expect(await found('emails[type eq "work"].value eq "WORK@example.org" and active eq true')).toHaveLength(
      1,
    )
    const Operations = [
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'new@example.org' },
      {
        op: 'Add',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
        value: 'ML',
      },
      { op: 'Replace', value: { displayName: 'Renamed', 'name.givenName': 'X', externalId: 'e-2' } },
    ]
    const changed = await server.owner(Users.Patch, { id, Operations })
    expect(changed).toMatchObject({
      ...{ active: false, displayName: 'Renamed', externalId: 'e-2', emails: [{ value: 'new@example.org' }] },
    })
  })

  test('are provisioned as Okta does: groups with value maps, nested, and found by member', async () => {
    const [inner, outer] = [
      await server.owner(Groups.Create, { displayName: 'okta inner' }),
      await server.owner(Groups.Create, { displayName: 'okta outer' }),
    ]
    const kim = await server.actor()
    const patch = (id: string, op: string, path: string | undefined, value?: unknown) =>
      server.owner(Groups.Patch, {
        id,
        Operations: [{ op, ...(path && { path }), ...(value !== undefined && { value }) }],
      })
    await patch(inner.id, 'replace', undefined, { id: inner.id, displayName: 'okta renamed' })
    await patch(inner.id, 'add', 'members', [{ value: kim.principal.id, display: 'kim' }])
    await patch(outer.id, 'add', 'members', [{ value: inner.id }])
    await server.grant(outer as never, 'metastore', '', 'CREATE CATALOG')
    await aCatalog(kim.as, 'through_nested_groups')
    const filter = `displayName eq "okta renamed" and members eq "${kim.principal.id}"`
    expect((await server.owner(Groups.List, { filter })).Resources.map(({ id }) => id)).toEqual([inner.id])
    await patch(inner.id, 'remove', `members[value eq "${kim.principal.id}"]`)
    expect((await server.owner(Groups.List, { filter })).totalResults).toBe(0)
  })

  test('are described by discovery documents', async () => {
    const documents = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'].map(async (name) =>
      (await server.app.inject(`/api/2.0/preview/scim/v2/${name}`)).json(),
    )
    const [config, types, schemas] = await Promise.all(documents)
    expect(config).toMatchObject({ patch: { supported: true }, filter: { supported: true } })
    expect(types.Resources.map((one: { endpoint: string }) => one.endpoint)).toEqual([
      ...['/Users', '/Groups', '/ServicePrincipals'],
    ])
    expect(schemas.Resources[0].attributes.map((one: { name: string }) => one.name)).toContain('userName')
  })

  test('lose access as soon as they are deactivated', async () => {
    const eve = await server.actor()
    expect((await eve.as(Me, {})).userName).toBe(eve.principal.name)
    const Operations = [{ op: 'replace', path: 'active', value: false }]
    await server.owner(Users.Patch, { id: eve.principal.id, Operations })
    expect(await failure(eve.as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('see only themselves and their groups, and change nothing without MANAGE IDENTITIES', async () => {
    const [eve, ada] = [await server.actor(), await server.actor()]
    const team = await server.owner(Groups.Create, {
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

  test('that own securables are not deleted; others are deleted with their tokens', async () => {
    const ada = await server.actor()
    await server.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
    await aCatalog(ada.as, 'adas')
    expect(await failure(server.owner(Users.Delete, { id: ada.principal.id }))).toMatchObject({
      code: 'RESOURCE_CONFLICT',
      message: expect.stringContaining("owns 'catalog adas'"),
    })
    const { principal, as } = await server.actor()
    const url = `/api/2.0/preview/scim/v2/Users/${principal.id}`
    expect((await server.app.inject({ method: 'DELETE', url })).statusCode).toBe(204)
    expect(await failure(as(Me, {}))).toMatchObject({ code: 'UNAUTHENTICATED' })
    const gone = await server.app.inject(url)
    expect(gone.statusCode).toBe(404)
    expect(gone.headers['content-type']).toContain('application/scim+json')
    expect(gone.json()).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '404',
      detail: `User '${principal.id}' does not exist.`,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('are returned by Me, also under Unity Catalog’s path', async () => {
    expect(await server.owner(Me, {})).toMatchObject({ id: 'local-owner', userName: 'owner', active: true })
    expect(await server.owner(UnityMe, {})).toMatchObject({ userName: 'owner' })
    expect((await server.app.inject(Me.path)).headers['x-databricks-org-id']).toBe('1')
    expect((await server.app.inject('/.well-known/databricks-config')).json()).toEqual({})
  })

  test('who administer the workspace are out of reach for those who only manage identities', async () => {
    const manager = await server.actor()
    await server.grant(manager.principal, 'metastore', '', 'MANAGE IDENTITIES')
    const [admin, admins] = [
      await server.actor(),
      await server.context.identities.create('group', 'managers'),
    ]
    await server.grant(admins, 'metastore', '', 'MANAGE')
    await server.context.identities.addMember(admins.id, admin.principal.id)
    const { token_infos } = await server.owner(ListManagedTokens, {
      created_by_username: admin.principal.name,
    })
    const attempts = [
      manager.as(CreateOboToken, { application_id: 'owner' }),
      manager.as(CreateOboToken, { application_id: admin.principal.name }),
      manager.as(DeleteManagedToken, { token_id: token_infos[0]!.token_id }),
      manager.as(Users.Delete, { id: admin.principal.id }),
      manager.as(Users.Patch, {
        id: admin.principal.id,
        Operations: [{ op: 'replace', path: 'active', value: false }],
      }),
      manager.as(Groups.Patch, {
        id: admins.id,
        Operations: [{ op: 'add', path: 'members', value: [{ value: manager.principal.id }] }],
      }),
    ]
    const codes = (await Promise.all(attempts.map(failure))).map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(['PERMISSION_DENIED']))
  })
})
