import { expect, test } from 'vitest'
import { comparedByLink } from './mlflow-links.js'

test("reads MLflow's link to a comparison", () => {
  expect(comparedByLink({ name: '"a/b"', runs: '{"r1":"1","r2":2}' })).toEqual({
    name: 'a/b',
    versions: '1,2',
  })
  expect(comparedByLink({ name: '"a"', runs: '{"r":"x"}' })).toEqual({ name: 'a', versions: '' })
  for (const broken of [{}, { name: 'a', runs: '{}' }, { name: '"a"', runs: 'x' }, { name: '1', runs: '{}' }])
    expect(comparedByLink(broken)).toBeUndefined()
})
