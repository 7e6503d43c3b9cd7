import { newFolder } from '@cairn/platform/testing/folders'
import { describe, expect, test } from 'vitest'
import { writeFolder } from '../testing/write-folder.js'
import { readPythonEnvironment } from './python-environment.js'

const MLmodel = `
flavors: {python_function: {python_version: 3.11.2}}
mlflow_version: 3.17.2`

async function read(files: Record<string, string>) {
  const folder = newFolder()
  await writeFolder(folder, { MLmodel, ...files })
  return readPythonEnvironment(folder)
}

describe('the Python environment of a model', () => {
  test('is read from python_env.yaml and the files that it includes', async () => {
    const environment = await read({
      'python_env.yaml':
        'python: 3.12.1\nbuild_dependencies: [pip]\ndependencies: [-r requirements.txt, numpy]',
      'requirements.txt':
        'mlflow==3.1  # the client\n\n# a comment\nscikit-learn[x]==1.9 ; python_version > "3"\n',
    })
    expect(environment).toMatchObject({
      python: '3.12.1',
      requirements: ['mlflow==3.1', 'scikit-learn[x]==1.9 ; python_version > "3"', 'numpy'],
      hasLocalFiles: false,
    })
  })

  test('is read from the pip packages of conda.yaml, with the mlflow that has logged the model', async () => {
    const environment = await read({
      'conda.yaml': 'dependencies: [python=3.10.4, pip<=23, {pip: [lightgbm==4.6]}]',
    })
    expect(environment).toMatchObject({ python: '3.10.4', requirements: ['lightgbm==4.6', 'mlflow==3.17.2'] })
  })

  test('is read from requirements.txt and MLmodel if other files are absent', async () => {
    const environment = await read({ 'requirements.txt': 'mlflow-skinny\n./wheels/own.whl' })
    expect(environment).toMatchObject({
      python: '3.11.2',
      requirements: ['mlflow-skinny', './wheels/own.whl'],
      hasLocalFiles: true,
    })
  })

  test('has a digest that depends on the version, the requirements and the constraints alone', async () => {
    const digestOf = async (files: Record<string, string>) => (await read(files)).digest
    const files = { 'requirements.txt': 'mlflow\n-c constraints.txt', 'constraints.txt': 'numpy<2' }
    const digest = await digestOf(files)
    expect(await digestOf({ ...files, 'model.pkl': 'x' })).toBe(digest)
    expect(await digestOf({ ...files, 'constraints.txt': 'numpy<3' })).not.toBe(digest)
    expect(await digestOf({ ...files, MLmodel: MLmodel.replace('3.11.2', '3.12.2') })).not.toBe(digest)
  })

  test.each([
    ['no requirements', {}, /no requirements\.txt/],
    ['a file outside of the model', { 'requirements.txt': '-r ../../etc/passwd' }, /not the name of a file/],
    ['an option as the version', { 'python_env.yaml': 'python: --help' }, /version of Python/],
    ['malformed YAML', { 'python_env.yaml': 'python: [' }, /python_env\.yaml: not readable/],
  ])('is refused with %s', async (_, files, message) => {
    await expect(read(files)).rejects.toThrow(message)
  })
})
