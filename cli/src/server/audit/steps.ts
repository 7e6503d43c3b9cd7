/** Values that must not be in the audit log; `found` has those that the server makes up. */
export const CANARY = 'payload-canary'
export const PASSWORD = 'three small stones'

/** Ids and secrets from earlier answers. */
export type StepValues = Record<string, string>

/** A request of a committed operation that acts on something besides experiments, models and jobs. */
export interface Step {
  readonly action: string
  /** The type of the object in its row. */
  readonly object: string
  /** `METHOD /path`. */
  readonly request: (found: StepValues) => string
  readonly body?: (found: StepValues) => unknown
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly keep?: (answer: any) => StepValues
  /** Default: any below 400. */
  readonly status?: number
  /** Sent with a session cookie or without anything instead of the owner's token. */
  readonly as?: 'session' | 'nobody'
}

const FS = '/api/2.0/fs'
const UC = '/api/2.1/unity-catalog'
const SCIM = '/api/2.0/preview/scim/v2'
const CAIRN = '/api/cairn/v1'
const HOOKS = '/api/2.0/mlflow/webhooks'
const comment = CANARY
const columns = [{ name: 'id', type_name: 'LONG' }]

const catalog: readonly Step[] = [
  {
    action: 'createCatalog',
    object: 'catalog',
    request: () => `POST ${UC}/catalogs`,
    body: () => ({ name: 'main', comment }),
  },
  {
    action: 'updateCatalog',
    object: 'catalog',
    request: () => `PATCH ${UC}/catalogs/main`,
    body: () => ({ comment }),
  },
  {
    ...{ action: 'createSchema', object: 'schema', request: () => `POST ${UC}/schemas` },
    body: () => ({ name: 's', catalog_name: 'main', comment }),
  },
  {
    action: 'updateSchema',
    object: 'schema',
    request: () => `PATCH ${UC}/schemas/main.s`,
    body: () => ({ comment }),
  },
  {
    ...{ action: 'createStagingTable', object: 'schema', request: () => `POST ${UC}/staging-tables` },
    body: () => ({ name: 'staged', catalog_name: 'main', schema_name: 's' }),
  },
  {
    ...{ action: 'createTable', object: 'table', request: () => `POST ${UC}/tables` },
    body: () => ({
      ...{ name: 't', catalog_name: 'main', schema_name: 's', table_type: 'MANAGED', comment },
      columns,
    }),
    keep: ({ table_id }) => ({ table: table_id }),
  },
  {
    ...{ action: 'createTableFromCsv', object: 'table', request: () => `POST ${CAIRN}/tables` },
    body: () => ({ name: 'u', catalog_name: 'main', schema_name: 's', columns, csv: 'id\n1', comment }),
  },
  {
    action: 'updateTable',
    object: 'table',
    request: () => `PATCH ${UC}/tables/main.s.t`,
    body: () => ({ comment }),
  },
  {
    ...{ action: 'createVolume', object: 'volume', request: () => `POST ${UC}/volumes` },
    body: () => ({ name: 'v', catalog_name: 'main', schema_name: 's', volume_type: 'MANAGED', comment }),
    keep: ({ volume_id }) => ({ volume: volume_id }),
  },
  {
    action: 'updateVolume',
    object: 'volume',
    request: () => `PATCH ${UC}/volumes/main.s.v`,
    body: () => ({ comment }),
  },
  {
    ...{
      action: 'updatePermissions',
      object: 'table',
      request: () => `PATCH ${UC}/permissions/table/main.s.t`,
    },
    body: () => ({ changes: [{ principal: 'account users', add: ['SELECT'] }] }),
  },
  {
    ...{ action: 'generateTemporaryTableCredentials', object: 'table' },
    request: () => `POST ${UC}/temporary-table-credentials`,
    body: ({ table }) => ({ table_id: table, operation: 'READ' }),
    keep: ({ aws_temp_credentials: keys }) => ({
      keys_secret: keys.secret_access_key,
      session_secret: keys.session_token,
    }),
  },
  {
    ...{ action: 'generateTemporaryVolumeCredentials', object: 'volume' },
    request: () => `POST ${UC}/temporary-volume-credentials`,
    body: ({ volume }) => ({ volume_id: volume, operation: 'READ_VOLUME' }),
  },
  {
    ...{ action: 'generateTemporaryPathCredentials', object: 'table' },
    request: () => `POST ${UC}/temporary-path-credentials`,
    body: ({ table }) => ({ url: `s3://cairn/tables/${table}`, operation: 'PATH_READ' }),
  },
  {
    action: 'filesPut',
    object: 'volume',
    request: () => `PUT ${FS}/files/Volumes/main/s/v/f`,
    body: () => ({}),
  },
  { action: 'filesGet', object: 'volume', request: () => `GET ${FS}/files/Volumes/main/s/v/f` },
  { action: 'filesDelete', object: 'volume', request: () => `DELETE ${FS}/files/Volumes/main/s/v/f` },
  { action: 'directoriesPut', object: 'volume', request: () => `PUT ${FS}/directories/Volumes/main/s/v/d` },
  {
    action: 'directoriesDelete',
    object: 'volume',
    request: () => `DELETE ${FS}/directories/Volumes/main/s/v/d`,
  },
  { action: 'deleteVolume', object: 'volume', request: () => `DELETE ${UC}/volumes/main.s.v` },
  { action: 'deleteTable', object: 'table', request: () => `DELETE ${UC}/tables/main.s.t` },
  { action: 'deleteSchema', object: 'schema', request: () => `DELETE ${UC}/schemas/main.s?force=true` },
  { action: 'deleteCatalog', object: 'catalog', request: () => `DELETE ${UC}/catalogs/main?force=true` },
]

const scim = (noun: string, type: string, field: string): readonly Step[] => {
  const one = noun.slice(0, -1)
  const id = `${type}_id`
  return [
    {
      ...{ action: `create${one}`, object: type, request: () => `POST ${SCIM}/${noun}` },
      body: () => ({ [field]: `a-${type}`, displayName: `a-${type}` }),
      keep: (answer) => ({ [id]: answer.id }),
    },
    {
      ...{ action: `patch${one}`, object: type, request: (found) => `PATCH ${SCIM}/${noun}/${found[id]}` },
      body: () => ({ Operations: [{ op: 'replace', path: 'displayName', value: `b-${type}` }] }),
    },
    {
      ...{ action: `update${one}`, object: type, request: (found) => `PUT ${SCIM}/${noun}/${found[id]}` },
      body: () => ({ displayName: `c-${type}` }),
    },
    { action: `delete${one}`, object: type, request: (found) => `DELETE ${SCIM}/${noun}/${found[id]}` },
  ]
}

const identities: readonly Step[] = [
  ...scim('Users', 'user', 'userName'),
  ...scim('Groups', 'group', 'displayName'),
  ...scim('ServicePrincipals', 'service_principal', 'applicationId'),
  {
    ...{ action: 'createToken', object: 'token', request: () => 'POST /api/2.0/token/create' },
    body: () => ({ comment }),
    keep: (answer) => ({ own: answer.token_info.token_id, own_secret: answer.token_value }),
  },
  {
    action: 'deleteToken',
    object: 'token',
    request: () => 'POST /api/2.0/token/delete',
    body: ({ own }) => ({ token_id: own }),
  },
  {
    ...{
      action: 'createOboToken',
      object: 'token',
      request: () => 'POST /api/2.0/token-management/on-behalf-of/tokens',
    },
    body: () => ({ application_id: 'owner', comment }),
    keep: (answer) => ({ obo: answer.token_info.token_id, obo_secret: answer.token_value }),
  },
  {
    ...{ action: 'deleteManagedToken', object: 'token' },
    request: ({ obo }) => `DELETE /api/2.0/token-management/tokens/${obo}`,
  },
  {
    ...{ action: 'createInvite', object: 'invite', request: () => `POST ${CAIRN}/invites` },
    body: () => ({ name: 'ada' }),
    keep: ({ url }) => ({ code_secret: new URL(url.replace('#/', '')).searchParams.get('code')! }),
  },
  {
    ...{
      action: 'acceptInvite',
      object: 'user',
      as: 'nobody',
      request: () => `POST ${CAIRN}/invites/accept`,
    },
    body: ({ code_secret }) => ({ code: code_secret, password: PASSWORD }),
  },
  {
    ...{ action: 'createInvite', object: 'invite', request: () => `POST ${CAIRN}/invites` },
    body: () => ({ name: 'bo' }),
    keep: ({ id }) => ({ invite: id }),
  },
  { action: 'deleteInvite', object: 'invite', request: ({ invite }) => `DELETE ${CAIRN}/invites/${invite}` },
  {
    ...{ action: 'signIn', object: 'user', as: 'nobody', request: () => `POST ${CAIRN}/sign-in` },
    body: () => ({ name: 'ada', password: PASSWORD }),
  },
  {
    ...{
      action: 'changePassword',
      object: 'user',
      as: 'session',
      request: () => `POST ${CAIRN}/account/password`,
    },
    body: () => ({ current_password: PASSWORD, new_password: `${PASSWORD} new` }),
  },
  {
    ...{ action: 'requestAccess', object: 'access_request', as: 'session' },
    request: () => `POST ${CAIRN}/access-requests`,
    body: () => ({ securable_type: 'catalog', full_name: 'absent', privileges: ['SELECT'], reason: CANARY }),
    keep: ({ id }) => ({ access_request: id }),
  },
  ...['approve', 'decline'].map((verb) => ({
    ...{ action: `${verb}AccessRequest`, object: 'access_request', status: 404 },
    request: ({ access_request }: StepValues) => `POST ${CAIRN}/access-requests/${access_request}/${verb}`,
    body: () => ({ comment: CANARY }),
  })),
  {
    ...{ action: 'withdrawAccessRequest', object: 'access_request', as: 'session' },
    request: ({ access_request }) => `POST ${CAIRN}/access-requests/${access_request}/withdraw`,
    body: () => ({}),
  },
  {
    action: 'endSession',
    object: 'session',
    as: 'session',
    request: () => `DELETE ${CAIRN}/sessions/absent`,
    status: 404,
  },
  {
    action: 'signOut',
    object: 'user',
    as: 'session',
    request: () => `POST ${CAIRN}/sign-out`,
    body: () => ({}),
  },
  {
    action: 'createPasswordReset',
    object: 'user',
    request: ({ ada }) => `POST ${CAIRN}/users/${ada}/password-reset`,
    body: () => ({}),
  },
  { action: 'endSessionsOf', object: 'user', request: ({ ada }) => `DELETE ${CAIRN}/users/${ada}/sessions` },
]

const webhooks: readonly Step[] = [
  {
    ...{ action: 'createWebhook', object: 'webhook', request: () => `POST ${HOOKS}` },
    body: () => ({
      ...{ name: 'hook', url: 'https://127.0.0.1:1/x', secret: CANARY },
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    }),
    keep: ({ webhook }) => ({ webhook: webhook.webhook_id }),
  },
  {
    ...{ action: 'updateWebhook', object: 'webhook', request: ({ webhook }) => `PATCH ${HOOKS}/${webhook}` },
    body: () => ({ description: CANARY, status: 'DISABLED' }),
  },
  {
    ...{
      action: 'testWebhook',
      object: 'webhook',
      request: ({ webhook }) => `POST ${HOOKS}/${webhook}/test`,
    },
    body: () => ({}),
  },
  { action: 'deleteWebhook', object: 'webhook', request: ({ webhook }) => `DELETE ${HOOKS}/${webhook}` },
]

const SERVING = '/api/2.0/serving-endpoints'
const entity = (model: string | undefined) => ({
  served_entities: [{ entity_name: model, entity_version: '1' }],
})
const endpoint = (action: string, request: string, body: Step['body'], status?: number): Step => ({
  ...{ action, object: 'serving_endpoint', request: () => request.replace(' /', ` ${SERVING}/movies/`) },
  ...(body && { body }),
  ...(status && { status }),
})
const levels = { access_control_list: [{ user_name: 'ada', permission_level: 'CAN_QUERY' }] }

const serving: readonly Step[] = [
  {
    ...{ action: 'createServingEndpoint', object: 'serving_endpoint', request: () => `POST ${SERVING}` },
    body: ({ model }) => ({ name: 'movies', config: entity(model) }),
    keep: ({ id }) => ({ endpoint: id }),
  },
  endpoint('updateServingEndpointConfig', 'PUT /config', ({ model }) => entity(model)),
  endpoint('patchServingEndpointTags', 'PATCH /tags', () => ({ add_tags: [{ key: 'k', value: CANARY }] })),
  endpoint('patchEndpointTelemetryConfig', 'PATCH /telemetry-config', () => ({})),
  endpoint('patchEndpointSystemMetricsExport', 'PATCH /system-metrics-export-state', () => ({})),
  endpoint('putEndpointRateLimits', 'PUT /rate-limits', () => ({ rate_limits: [] })),
  endpoint('putEndpointAiGateway', 'PUT /ai-gateway', () => ({})),
  endpoint('updateEndpointNotifications', 'PATCH /notifications', () => ({ email_notifications: {} })),
  {
    ...{ action: 'updateServingEndpointPermissions', object: 'serving_endpoint' },
    request: ({ endpoint }) => `PATCH /api/2.0/permissions/serving-endpoints/${endpoint}`,
    body: () => levels,
  },
  {
    ...{ action: 'setServingEndpointPermissions', object: 'serving_endpoint' },
    request: ({ endpoint }) => `PUT /api/2.0/permissions/serving-endpoints/${endpoint}`,
    body: () => levels,
  },
  {
    ...{ action: 'rollBackServingEndpoint', object: 'serving_endpoint', status: 404 },
    request: () => `POST ${CAIRN}/serving-endpoints/movies/rollback`,
    body: () => ({ number: 99 }),
  },
  { action: 'deleteServingEndpoint', object: 'serving_endpoint', request: () => `DELETE ${SERVING}/movies` },
  {
    ...{ action: 'collectModelCache', object: 'metastore', request: () => `POST ${CAIRN}/gc/models` },
    body: () => ({ older_than_seconds: 1 }),
  },
]

const secrets: readonly Step[] = [
  {
    action: 'createSecretScope',
    object: 'secret_scope',
    request: () => 'POST /api/2.0/secrets/scopes/create',
    body: () => ({ scope: 'team' }),
  },
  {
    action: 'putSecret',
    object: 'secret_scope',
    request: () => 'POST /api/2.0/secrets/put',
    body: () => ({ scope: 'team', key: 'k', string_value: CANARY }),
  },
  {
    ...{ action: 'rotateSecretsKey', object: 'metastore' },
    request: () => `POST ${CAIRN}/secrets/rotate-key`,
    body: () => ({}),
  },
]

const M2 = '/api/2.0/mlflow'
const others: readonly Step[] = [
  {
    ...{ action: 'createExperiment', object: 'experiment', request: () => `POST ${M2}/experiments/create` },
    body: () => ({ name: 'another', tags: [{ key: 'k', value: CANARY }] }),
  },
  {
    ...{ action: 'setOwner', object: 'experiment', request: () => `PUT ${CAIRN}/owners/experiment/another` },
    body: () => ({ owner: 'owner' }),
  },
  {
    ...{ action: 'setUpTeams', object: 'metastore', request: () => `POST ${CAIRN}/teams` },
    body: () => ({ schema: 'teams.data' }),
  },
  {
    ...{
      action: 'createRegisteredModel',
      object: 'registered_model',
      request: () => `POST ${M2}/registered-models/create`,
    },
    body: () => ({ name: 'another', description: CANARY }),
  },
  {
    ...{ action: 'createJob', object: 'job', request: () => 'POST /api/2.2/jobs/create' },
    body: () => ({
      name: 'another',
      tasks: [{ task_key: 'a', node_task: { entry: 'movielens/import', parameters: { schema: CANARY } } }],
    }),
  },
  {
    ...{ action: 'submitRun', object: 'job', request: () => 'POST /api/2.2/jobs/runs/submit' },
    body: () => ({
      run_name: 'once',
      tasks: [{ task_key: 'a', node_task: { entry: 'movielens/import', parameters: { schema: 'main.s' } } }],
    }),
  },
  {
    ...{ action: 'collectGarbage', object: 'metastore', request: () => `POST ${CAIRN}/gc` },
    body: () => ({ kind: 'run', older_than_seconds: 1 }),
  },
  {
    ...{ action: 'rotateToken', object: 'token', request: () => `POST ${CAIRN}/tokens/rotate` },
    body: () => ({ grace_seconds: 3600 }),
    keep: (answer) => ({ rotated_secret: answer.token_value }),
  },
]

export const STEPS: readonly Step[] = [
  ...catalog,
  ...identities,
  ...webhooks,
  ...others,
  ...serving,
  ...secrets,
]
