interface BetterAnswer {
  readonly request: string
  readonly mlflow: string
  readonly cairn: string
  /** Labels of recorded exchanges that show it (`acceptance/golden/differences.ts`), or the test that does. */
  readonly shown: readonly string[]
}

/** Errors of MLflow 3.11.2 that Cairn does not repeat. */
export const BETTER_ANSWERS: readonly BetterAnswer[] = [
  {
    request: '`metrics/get-history` without `max_results`',
    mlflow: 'an empty page and a token',
    cairn: 'the whole history',
    shown: ['get-history full w/o max_results'],
  },
  {
    request: '`runs/create` without an experiment',
    mlflow: '400 with the SQL that failed',
    cairn: 'a run of experiment 0',
    shown: ['run create defaults'],
  },
  {
    request: 'an experiment with an existing name',
    mlflow: '400 with the SQL that failed',
    cairn: '`RESOURCE_ALREADY_EXISTS` with a message',
    shown: ['exp create dup', 'exp rename dup', 'exp create same name as deleted'],
  },
  {
    request: '`runs/search` in an experiment `abc`',
    mlflow: '500, which clients retry for minutes',
    cairn: '400',
    shown: ['search bad exp'],
  },
  {
    request:
      'a field twice in `order_by`; archiving for stage None; renaming a deleted experiment; a `models:/` source that does not exist; an unknown attribute of logged models; a trace without spans',
    mlflow: '500',
    cairn: '400 or 404',
    shown: [
      'search order dup',
      'stage archive none',
      'exp rename deleted',
      'mv models bad',
      'lm search bad',
      'trace get partial',
      'batchGet',
    ],
  },
  {
    request: '`log-batch` with `"metrics": null`',
    mlflow: '500, in HTML',
    cairn: 'treated as absent',
    shown: ['tracking-server/src/runs/runs.test.ts'],
  },
  {
    request: '`log-batch` with a metric’s value that is not a number',
    mlflow: '200: 0 is stored in its place, and the rest of the batch is lost',
    cairn: '400 that names the field',
    shown: ['tracking-server/src/runs/refusals.test.ts'],
  },
  {
    request: 'a step or a timestamp beyond 2⁵³',
    mlflow: '200; browsers show another number than the logged one',
    cairn: '400 that names the field',
    shown: ['platform/src/protocol/validate.test.ts'],
  },
  {
    request: '`log-inputs` with a data set without a name',
    mlflow: '200',
    cairn: '400 that names the field',
    shown: ['tracking-server/src/runs/refusals.test.ts'],
  },
  {
    request: '`experiments/create` with a tag of more than 5,000 characters',
    mlflow: '200 on SQLite, beyond the limit of `set-experiment-tag`',
    cairn: '400 with that limit',
    shown: ['tracking-server/src/experiments/experiments.test.ts'],
  },
  {
    request: 'a filter that ends in `AND`',
    mlflow: 'the word is ignored',
    cairn: '400 with its position',
    shown: ['platform/src/search/parse.test.ts'],
  },
  {
    request: 'R’s `"archive_existing_versions": "FALSE"`, and its other scalars as strings',
    mlflow: '400',
    cairn: 'converted to the type of the field',
    shown: ['registry/src/registry.test.ts'],
  },
  {
    request: 'traces, assessments, data sets and inputs, for a principal without any right',
    mlflow: '200',
    cairn: '403: every route names its right, and a route without one is refused',
    shown: ['scripts/docs.test.ts', 'platform/src/http/app.test.ts'],
  },
  {
    request: 'the alias `latest` where stages are in use',
    mlflow: 'may be version 1 of 4',
    cairn: 'the highest version',
    shown: ['alias latest get'],
  },
  {
    request: 'a search whose client has disconnected',
    mlflow: 'runs until it ends, on one core',
    cairn: 'reads along an index, no more than a page',
    shown: [
      'tracking-server/src/runs/search/search.test.ts',
      'tracking-server/src/traces/search/search.test.ts',
    ],
  },
  {
    request: '`datasets/search` with `"max_results": 0`',
    mlflow: '400 about a value `None`',
    cairn: 'the usual page, as for the records of a data set',
    shown: ['tracking-server/src/evaluation-datasets/search.test.ts'],
  },
  {
    request: '`model-versions/create` with `file://` and a host',
    mlflow: '500',
    cairn: '400 with the same message',
    shown: ['registry/src/versions/source-resolver.test.ts'],
  },
  {
    request: 'the test of a webhook that answers 429 or 5xx',
    mlflow: 'repeated while the caller waits',
    cairn: 'called once; the caller gets the response',
    shown: ['registry/src/webhooks/webhooks.test.ts'],
  },
  {
    request: 'a webhook that answers with a redirect',
    mlflow: 'the redirect is followed; a test reports success below 400',
    cairn: 'no redirect is followed, and only 2xx is success',
    shown: ['registry/src/webhooks/delivery.test.ts'],
  },
  {
    request: 'a webhook that does not respond for more than seven seconds, or a server that is killed',
    mlflow: 'the event is lost silently',
    cairn:
      'eight attempts within minutes by default, from a durable outbox; `webhooks/{webhook_id}/deliveries` lists them',
    shown: ['platform/src/webhooks/outcome.test.ts', 'acceptance/webhooks.test.ts'],
  },
  {
    request: 'a webhook with an event twice, or a user name and password in its URL',
    mlflow: '400 with the SQL that failed; everyone who lists webhooks sees the password',
    cairn: 'the event once; 400',
    shown: ['registry/src/webhooks/webhooks.test.ts', 'platform/src/webhooks/destinations.test.ts'],
  },
  {
    request: 'deleting a missing tag or alias, with webhooks for it',
    mlflow: 'sends an event about the deletion',
    cairn: 'sends nothing, because nothing changed',
    shown: ['registry/src/webhooks/delivery.test.ts'],
  },
  {
    request: 'workspaces, on a server without them',
    mlflow: '500 for the header, 503 for the endpoints',
    cairn: '400 with the same message',
    shown: ['ws header off', 'tracking-server/src/server-info/server-info.test.ts'],
  },
  {
    request: 'the tokens and costs of a trace in which an agent reports the total of the calls below it',
    mlflow: '3.11 counts them twice; 3.17 leaves out everything below a span that reports any',
    cairn: 'counted once; several calls that used more than the span above them are counted beside it',
    shown: ['tracking-server/src/spans/dedupe-usage.test.ts'],
  },
  {
    request: 'the tokens of a trace whose spans come in several requests, some after the trace was recorded',
    mlflow: 'those of the first request',
    cairn: 'the sum, in any order of arrival; a count that the client sets is kept',
    shown: ['tracking-server/src/spans/usage.test.ts'],
  },
  {
    request: 'a body that is not JSON',
    mlflow: 'read as an empty object',
    cairn: '400 with the position',
    shown: ['exp create bad json'],
  },
  {
    request: 'an unknown route, another method, a foreign Host or Origin',
    mlflow: 'a page or a line of text',
    cairn: 'the same status, as JSON',
    shown: ['unknown route', 'wrong method', 'bad host', 'cors evil post'],
  },
  {
    request: '`MLFLOW_SERVER_ALLOWED_HOSTS`',
    mlflow: 'excludes localhost and private addresses unless they are listed',
    cairn: 'adds to them; `*` does not let pages of any origin write',
    shown: ['platform/src/http/plugins/host-guard.test.ts'],
  },
]
