import { expect, test } from 'vitest'
import { readConnection } from './environment.js'

test('reads the connection from MLflow variables, treating empty ones as unset', () => {
  expect(readConnection({ MLFLOW_TRACKING_URI: '', MLFLOW_TRACKING_TOKEN: '' })).toEqual({
    baseUrl: 'http://127.0.0.1:5000',
  })
  expect(readConnection({ MLFLOW_TRACKING_URI: 'http://h:1', MLFLOW_TRACKING_TOKEN: 't' })).toEqual({
    baseUrl: 'http://h:1',
    token: 't',
  })
  expect(readConnection({ MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' }).basic).toEqual({
    username: 'u',
    password: 'p',
  })
})

test('splits credentials from the address', () => {
  const connection = readConnection({ MLFLOW_TRACKING_URI: 'https://me:p%40ss@mlflow.example.org/base' })
  expect(connection).toEqual({
    baseUrl: 'https://mlflow.example.org/base',
    basic: { username: 'me', password: 'p@ss' },
  })
  expect(readConnection({ MLFLOW_TRACKING_URI: 'databricks' })).toEqual({ baseUrl: 'databricks' })
})
