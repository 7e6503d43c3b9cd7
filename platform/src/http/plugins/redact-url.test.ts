import { expect, test } from 'vitest'
import { redactUrl } from './redact-url.js'

test.each([
  ['/api/2.0/mlflow-artifacts/tickets/s3cr3t/a%20b.txt', '/api/2.0/mlflow-artifacts/tickets/***/a%20b.txt'],
  ['/api/2.0/mlflow-artifacts/mpu/parts/s3cr3t/3', '/api/2.0/mlflow-artifacts/mpu/parts/***/3'],
  ['/s3/b/k?X-Amz-Date=1&X-Amz-Signature=s3cr3t&x=1', '/s3/b/k?X-Amz-Date=1&X-Amz-Signature=***&x=1'],
  ['/x?access_token=s3cr3t', '/x?access_token=***'],
  [
    '/api/2.0/mlflow/runs/get?run_id=1&path=model/parts.txt',
    '/api/2.0/mlflow/runs/get?run_id=1&path=model/parts.txt',
  ],
])('redacts the secret of %s', (url, logged) => {
  expect(redactUrl(url)).toBe(logged)
})
