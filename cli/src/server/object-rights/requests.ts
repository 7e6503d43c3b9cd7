import type { Privilege } from '@cairn/platform/protocol/privileges'

/** A request of the matrix. */
export interface MatrixRequest {
  readonly url: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The status for callers who may; default: any below 400. */
  readonly status?: number | readonly number[]
  /** The response has only what the caller may see, so nobody is refused. */
  readonly lists?: true
  /** A further privilege that the handler requires. In this test only the owner holds it. */
  readonly alsoNeeds?: Privilege
}

export type Query = Readonly<Record<string, string>>

export const query = (url: string, parameters: Query): MatrixRequest => ({
  url: `${url}?${new URLSearchParams(parameters)}`,
})

/** Rows for the permissions API of a kind. */
export const permissionRows = <World>(
  kind: string,
  idOf: (world: World) => string,
): Readonly<Record<string, (world: World) => MatrixRequest>> => {
  const url = (world: World) => `/api/2.0/permissions/${kind}/${idOf(world)}`
  const access_control_list = [{ user_name: 'none-person', permission_level: 'CAN_MANAGE' }]
  return {
    [`GET /api/2.0/permissions/${kind}/:id`]: (world) => ({ url: url(world) }),
    [`GET /api/2.0/permissions/${kind}/:id/permissionLevels`]: (world) => ({
      url: `${url(world)}/permissionLevels`,
    }),
    [`PATCH /api/2.0/permissions/${kind}/:id`]: (world) => ({
      url: url(world),
      body: { access_control_list },
    }),
    [`PUT /api/2.0/permissions/${kind}/:id`]: (world) => ({ url: url(world), body: { access_control_list } }),
  }
}

/** Rows for MLflow's permission API of a kind. The matrix gives the user `read-person` a permission. */
export const mlflowPermissionRows = <World>(
  path: string,
  keyOf: (world: World) => Query,
): Readonly<Record<string, (world: World) => MatrixRequest>> => {
  const url = `/api/2.0/mlflow/${path}/permissions`
  const given = (world: World) => ({ ...keyOf(world), username: 'read-person' })
  const permission = 'READ'
  return {
    [`POST ${url}/create`]: (world) => ({
      url: `${url}/create`,
      body: { ...keyOf(world), username: 'none-person', permission },
    }),
    [`GET ${url}/get`]: (world) => query(`${url}/get`, given(world)),
    [`PATCH ${url}/update`]: (world) => ({ url: `${url}/update`, body: { ...given(world), permission } }),
    [`DELETE ${url}/delete`]: (world) => ({ url: `${url}/delete`, body: given(world) }),
  }
}

/** Rows for rules of alerts: one is created, and none is there to change. */
export const alertRuleRows = <World>(
  path: 'experiments' | 'jobs',
  kind: string,
  idOf: (world: World) => string,
): Readonly<Record<string, (world: World) => MatrixRequest>> => {
  const url = (world: World) => `/api/cairn/v1/${path}/${idOf(world)}/alert-rules`
  const route = `/api/cairn/v1/${path}/:id/alert-rules`
  return {
    [`GET ${route}`]: (world) => ({ url: url(world) }),
    [`POST ${route}`]: (world) => ({ url: url(world), body: { name: 'rule', kind } }),
    [`PATCH ${route}/:rule_id`]: (world) => ({ url: `${url(world)}/none`, body: { name: 'r' }, status: 404 }),
    [`DELETE ${route}/:rule_id`]: (world) => ({ url: `${url(world)}/none`, status: 404 }),
  }
}

/** Routes after which others on the same object may fail. */
export const ENDS_WORLD = /^(DELETE|PUT) |delete|move|rename|stop|cancel|update|restore|reset/i
