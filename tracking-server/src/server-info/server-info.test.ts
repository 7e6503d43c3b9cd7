import { databases } from '@cairn/platform/testing/databases'
import { expect, test } from 'vitest'
import { trackingApp } from '../testing/tracking-app.js'

test('serves the first requests of clients and of MLflow’s UI', async () => {
  const { app, close } = await trackingApp(databases[0]![1])
  const version = await app.inject('/version')
  expect([version.body, version.headers['content-type']]).toEqual([
    '3.11.2',
    expect.stringContaining('text/plain'),
  ])
  for (const prefix of ['api', 'ajax-api'])
    expect((await app.inject(`/${prefix}/3.0/mlflow/server-info`)).json()).toEqual({
      store_type: 'SqlStore',
      workspaces_enabled: false,
    })
  expect((await app.inject('/ajax-api/3.0/mlflow/ui-telemetry')).json()).toMatchObject({
    disable_ui_telemetry: true,
  })
  expect((await app.inject('/ajax-api/3.0/mlflow/assistant/providers')).json()).toMatchObject({
    providers: [],
  })
  for (const url of [
    '/api/3.0/mlflow/workspaces',
    '/ajax-api/3.0/mlflow/workspaces/default',
    '/api/3.0/mlflow/workspaces/default/permissions',
    '/api/3.0/mlflow/workspace-permissions?username=ada',
  ])
    expect((await app.inject(url)).json()).toMatchObject({
      error_code: 'FEATURE_DISABLED',
      message: expect.stringContaining('workspaces are not enabled'),
    })
  await close()
})
