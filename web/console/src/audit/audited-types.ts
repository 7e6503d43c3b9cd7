/** The kinds of objects by which audit events are filtered. */
export const AUDITED_TYPES: readonly string[] = [
  ...[
    'metastore',
    'catalog',
    'schema',
    'table',
    'volume',
    'experiment',
    'registered_model',
    'serving_endpoint',
  ],
  ...[
    'job',
    'report',
    'secret_scope',
    'notification_destination',
    'user',
    'group',
    'service_principal',
    'token',
  ],
  ...['invite', 'session', 'access_request', 'webhook'],
]
