import { expect, test } from 'vitest'
import { connectionFrom } from './environment.js'

test('the connection comes from the variables of MLflow, empty ones counting as unset', () => {
  expect(connectionFrom({ MLFLOW_TRACKING_URI: '', MLFLOW_TRACKING_TOKEN: '' })).toEqual({
    baseUrl: 'http://127.0.0.1:5000',
  })
  expect(connectionFrom({ MLFLOW_TRACKING_URI: 'http://h:1', MLFLOW_TRACKING_TOKEN: 't' })).toEqual({
    baseUrl: 'http://h:1',
    token: 't',
  })
  expect(connectionFrom({ MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' }).basic).toEqual({
    username: 'u',
    password: 'p',
  })
})

test('credentials in the address are sent beside it', () => {
  const connection = connectionFrom({ MLFLOW_TRACKING_URI: 'https://me:p%40ss@mlflow.example.org/base' })
  expect(connection).toEqual({
    baseUrl: 'https://mlflow.example.org/base',
    basic: { username: 'me', password: 'p@ss' },
  })
  expect(connectionFrom({ MLFLOW_TRACKING_URI: 'databricks' })).toEqual({ baseUrl: 'databricks' })
})
